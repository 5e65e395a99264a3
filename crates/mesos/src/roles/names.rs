//! Names for the variants of an enum, each written once.

/// Gives an enum `NAMES` and `name()`. A variant without a name does not compile.
macro_rules! names {
    ($type:ty: $($variant:ident = $name:literal,)+) => {
        impl $type {
            /// The names of all variants, as in `docs/roles.md`.
            pub const NAMES: &'static [&'static str] = &[$($name),+];

            /// The name of this variant, as in `docs/roles.md`.
            pub const fn name(&self) -> &'static str {
                match self {
                    $(Self::$variant { .. } => $name,)+
                }
            }
        }
    };
}
