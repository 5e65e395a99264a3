//! The macros that make an enum and its list of words from the same rows.

/// An enum whose variants are words. A variant may have fields, or one value with a name:
/// `Leader(leader: Leader)`.
macro_rules! words {
    (
        $(#[$meta:meta])*
        pub enum $Enum:ident {
            $(
                $(#[doc = $doc:literal])*
                $(@$default:ident)?
                $Variant:ident
                $( ( $value:ident : $value_type:ty ) )?
                $( { $( $(#[doc = $field_doc:literal])* $field:ident : $field_type:ty ),+ $(,)? } )?
                = ( $number:literal, $name:literal $(, $key:ident : $remark:expr )* $(,)? )
            ),+ $(,)?
        }
    ) => {
        $(#[$meta])*
        pub enum $Enum {
            $(
                $(#[doc = $doc])*
                $(#[$default])?
                $Variant
                $( ( $value_type ) )?
                $( { $( $(#[doc = $field_doc])* $field : $field_type ),+ } )?
            ),+
        }

        impl $Enum {
            /// The word of each variant.
            #[doc(hidden)]
            pub const WORDS: &'static [$crate::words::Word] = &[
                $( $crate::words::Word {
                    rust: stringify!($Variant),
                    name: $name,
                    number: $number,
                    doc: concat!($( $doc, "\n" ),*),
                    fields: &[
                        $( $crate::words::Field {
                            name: stringify!($value),
                            shape: <$value_type as $crate::words::IsPart>::SHAPE,
                            doc: "",
                        }, )?
                        $( $( $crate::words::Field {
                            name: stringify!($field),
                            shape: <$field_type as $crate::words::IsPart>::SHAPE,
                            doc: concat!($( $field_doc, "\n" ),*),
                        }, )+ )?
                    ],
                    $( $key: $remark, )*
                    ..$crate::words::Word::BARE
                } ),+
            ];

            /// The name of this kind in small letters, the same in every language and in JSON.
            pub const fn name(&self) -> &'static str {
                match self {
                    $( Self::$Variant { .. } => $name ),+
                }
            }

            /// The number of this kind in the C ABI.
            #[doc(hidden)]
            pub const fn number(&self) -> i32 {
                match self {
                    $( Self::$Variant { .. } => $number ),+
                }
            }

            /// The word of this kind.
            #[doc(hidden)]
            pub fn word(&self) -> &'static $crate::words::Word {
                let mut words = Self::WORDS.iter();
                let own = words.find(|word| word.number == self.number());
                own.unwrap_or(&$crate::words::Word::BARE)
            }

            /// Its parts, in the order of the fields.
            #[doc(hidden)]
            pub fn parts(&self) -> alloc::vec::Vec<$crate::words::Part<'_>> {
                match self {
                    $(
                        Self::$Variant $( ( $value ) )? $( { $( $field ),+ } )? => alloc::vec![
                            $( $crate::words::IsPart::part($value), )?
                            $( $( $crate::words::IsPart::part($field), )+ )?
                        ]
                    ),+
                }
            }

            /// Its part with this name, if there is one.
            #[doc(hidden)]
            pub fn part(&self, name: &str) -> Option<$crate::words::Part<'_>> {
                let at = self.word().fields.iter().position(|field| field.name == name)?;
                self.parts().into_iter().nth(at)
            }

            /// Two of each kind, for the tests of the faces: one with every part, and one without the
            /// parts that may be missing.
            #[doc(hidden)]
            #[allow(unused_variables)] // in an enum without parts
            pub fn samples() -> alloc::vec::Vec<Self> {
                [true, false].into_iter().flat_map(|full| [
                    $(
                        Self::$Variant
                        $( ( <$value_type as $crate::words::IsPart>::sample(full) ) )?
                        $( { $( $field: <$field_type as $crate::words::IsPart>::sample(full) ),+ } )?
                    ),+
                ]).collect()
            }
        }
    };
}

/// An enum of words without parts, which is found by its number or its name.
macro_rules! choices {
    (
        $(#[$meta:meta])*
        pub enum $Enum:ident {
            $(
                $(#[doc = $doc:literal])*
                $(@$default:ident)?
                $Variant:ident = ( $($row:tt)* )
            ),+ $(,)?
        }
    ) => {
        words! {
            $(#[$meta])*
            pub enum $Enum {
                $( $(#[doc = $doc])* $(@$default)? $Variant = ( $($row)* ) ),+
            }
        }

        impl $Enum {
            /// All values.
            pub const ALL: &'static [Self] = &[ $( Self::$Variant ),+ ];

            /// The value with this [`name`](Self::name).
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.name() == name)
            }

            /// The value with this number in the C ABI.
            #[doc(hidden)]
            pub fn from_number(number: i32) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.number() == number)
            }
        }
    };
}
