//! Classes of `tenure.events`, found once.

use pyo3::call::PyCallArgs;
use pyo3::prelude::*;

/// Makes `classes(py)`, which has a field for each class, named as in Python. `prepare` calls it when
/// the package is imported; it raises `AttributeError` when `tenure.events` lacks a class.
macro_rules! classes {
    ($($class:ident),* $(,)?) => {
        #[allow(non_snake_case)]
        pub(crate) struct Classes {
            $($class: pyo3::Py<pyo3::PyAny>,)*
        }

        pub(crate) fn classes(py: pyo3::Python<'_>) -> pyo3::PyResult<&'static Classes> {
            use pyo3::types::PyAnyMethods;
            static CLASSES: pyo3::sync::PyOnceLock<Classes> = pyo3::sync::PyOnceLock::new();
            CLASSES.get_or_try_init(py, || {
                let events = pyo3::types::PyModule::import(py, "tenure.events")?;
                Ok(Classes {
                    $($class: events.getattr(stringify!($class))?.unbind(),)*
                })
            })
        }
    };
}
pub(crate) use classes;

pub(crate) type Made<'py> = PyResult<Bound<'py, PyAny>>;

/// An object of a class.
pub(crate) fn make<'py, A>(py: Python<'py>, class: &Py<PyAny>, arguments: A) -> Made<'py>
where
    A: PyCallArgs<'py>,
{
    class.bind(py).call1(arguments)
}
