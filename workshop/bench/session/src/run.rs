//! The figures of one run of an experiment.

/// Figures by name, in the order in which they were found. An event that did not occur has none.
#[derive(Clone, Debug, Default)]
pub struct Run {
    figures: Vec<(String, f64)>,
}

impl Run {
    /// Adds a figure.
    pub fn note(&mut self, name: impl Into<String>, value: f64) {
        self.figures.push((name.into(), value));
    }

    /// Adds a figure if there is one.
    pub fn note_some(&mut self, name: &str, value: Option<f64>) {
        if let Some(value) = value {
            self.note(name, value);
        }
    }

    /// A figure, if there is one.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<f64> {
        let found = self.figures.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| *value)
    }

    /// A figure of an event that must have occurred.
    ///
    /// # Panics
    /// If it did not.
    #[track_caller]
    pub fn at(&self, name: &str) -> f64 {
        self.get(name)
            .unwrap_or_else(|| panic!("{name:?} did not happen: {:?}", self.figures))
    }

    /// All names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.figures.iter().map(|(name, _)| name.as_str())
    }
}
