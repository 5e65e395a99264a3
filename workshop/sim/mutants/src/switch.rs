//! The mistake that is made at present.

use std::cell::Cell;

macro_rules! mutants {
    ($(#[doc = $about:literal] $variant:ident = $name:literal,)+) => {
        /// A mistake: a file of `patches/`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Mutant {
            $(#[doc = $about] $variant,)+
        }

        impl Mutant {
            /// All of them, in the order of their names.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The name of the patch, which is the name on the command line.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }

            /// The mistake, in a sentence.
            #[must_use]
            pub fn about(self) -> &'static str {
                match self {
                    $(Self::$variant => $about,)+
                }
            }
        }
    };
}

include!(concat!(env!("OUT_DIR"), "/list.rs"));

impl Mutant {
    /// The mutant of this name.
    ///
    /// # Errors
    /// A sentence that lists all names, if no mutant has this name.
    pub fn named(name: &str) -> Result<Self, String> {
        let named = Self::ALL.iter().find(|mutant| mutant.name() == name);
        named.copied().ok_or_else(|| {
            let names: Vec<&str> = Self::ALL.iter().map(|m| m.name()).collect();
            format!("the mutants are: {}", names.join(", "))
        })
    }
}

thread_local! {
    static MADE: Cell<Option<Mutant>> = const { Cell::new(None) };
}

/// Makes this mistake, and no other, on this thread from now on.
pub fn set(mutant: Option<Mutant>) {
    MADE.set(mutant);
}

/// Whether this mistake is made on this thread; the copy of the core calls it.
#[inline]
#[must_use]
pub fn on(mutant: Mutant) -> bool {
    MADE.get() == Some(mutant)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_mutant_is_on_at_a_time_and_on_its_thread_only() {
        let [first, second, ..] = Mutant::ALL else {
            unreachable!("there are more")
        };
        set(Some(*first));
        assert!(on(*first) && !on(*second));
        std::thread::scope(|scope| scope.spawn(|| assert!(!on(*first))).join()).unwrap();
        set(Some(*second));
        assert!(!on(*first) && on(*second));
        set(None);
        assert!(!on(*first) && !on(*second));
    }

    #[test]
    fn an_unknown_name_is_refused_with_all_names() {
        let error = Mutant::named("one-step-bakc").unwrap_err();
        for mutant in Mutant::ALL {
            assert_eq!(Mutant::named(mutant.name()), Ok(*mutant));
            assert!(error.contains(mutant.name()), "{error}");
        }
    }
}
