//! The events of a handle, whatever kind it is of.

use crate::call::Call;
use crate::callback::Callback;
use crate::convert::Value;
use crate::error::check;
use crate::waking::Waking;
use nix::sys::eventfd::{EfdFlags, EventFd};
use pyo3::prelude::*;
use std::os::fd::{AsRawFd, RawFd};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;
use tenure::{Error, ErrorKind, HandleEvent};

/// A handle of the library, seen as what tells of events.
pub(crate) trait Tells: Send + Sync + 'static {
    type Event: HandleEvent + Clone + Into<Value>;

    fn events(&self) -> &tenure::Events<Self::Event>;
}

impl Tells for tenure::Client {
    type Event = tenure::SessionEvent;

    fn events(&self) -> &tenure::Events<Self::Event> {
        self.events()
    }
}

impl Tells for tenure::Contender {
    type Event = tenure::ContenderEvent;

    fn events(&self) -> &tenure::Events<Self::Event> {
        self.events()
    }
}

impl Tells for tenure::Detector {
    type Event = tenure::DetectorEvent;

    fn events(&self) -> &tenure::Events<Self::Event> {
        self.events()
    }
}

impl Tells for tenure::Group {
    type Event = tenure::GroupEvent;

    fn events(&self) -> &tenure::Events<Self::Event> {
        self.events()
    }
}

/// [`Tells`], with its kind of events forgotten.
trait Source: Send + Sync {
    fn take(&self) -> Result<Option<Value>, Error>;
    fn poll_ready(&self, cx: &Context<'_>) -> Poll<()>;
    fn poll_next(&self, cx: &Context<'_>) -> Poll<Result<Value, Error>>;
    fn latest(&self) -> Option<Value>;
    fn call_back(&self, callback: Callback) -> Result<(), Error>;
}

impl<T: Tells> Source for T {
    fn take(&self) -> Result<Option<Value>, Error> {
        match self.events().next(Some(Duration::ZERO)) {
            Ok(event) => Ok(Some(event.into())),
            Err(error) if error.kind() == ErrorKind::Timeout => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn poll_ready(&self, cx: &Context<'_>) -> Poll<()> {
        self.events().poll_ready(cx)
    }

    fn poll_next(&self, cx: &Context<'_>) -> Poll<Result<Value, Error>> {
        self.events().poll_next(cx).map_ok(Into::into)
    }

    fn latest(&self) -> Option<Value> {
        self.events().latest().map(Into::into)
    }

    fn call_back(&self, callback: Callback) -> Result<(), Error> {
        self.events()
            .on_each(move |event| callback.call(event.into()))
    }
}

/// A descriptor that is readable while events wait.
struct Lamp(EventFd);

impl Wake for Lamp {
    fn wake(self: Arc<Self>) {
        // A counter that is full is readable, too.
        let _ = self.0.write(1);
    }
}

/// The events of one handle: the handle has it, and so has each `Events` made of it.
pub(crate) struct Stream {
    source: Arc<dyn Source>,
    waking: Arc<Waking>,
    lamp: OnceLock<Mutex<Arc<Lamp>>>,
}

impl Stream {
    pub(crate) fn new<T: Tells>(handle: &Arc<T>) -> Self {
        Self {
            source: Arc::clone(handle) as Arc<dyn Source>,
            waking: Arc::default(),
            lamp: OnceLock::new(),
        }
    }

    pub(crate) fn waking(&self) -> &Arc<Waking> {
        &self.waking
    }

    /// Has `function` called with each event.
    pub(crate) fn call_back(
        &self,
        py: Python<'_>,
        callback: &Callback,
        function: Py<PyAny>,
    ) -> PyResult<()> {
        // The function is there before the first call, and a second one changes nothing.
        if callback.is_set() {
            return check(py, self.source.call_back(callback.clone()));
        }
        callback.set(function);
        let source = Arc::clone(&self.source);
        let set = source.call_back(callback.clone());
        if set.is_err() {
            callback.clear();
        }
        check(py, set)
    }

    /// Darkens the lamp unless another event waits.
    fn trim(&self) {
        let Some(lamp) = self.lamp.get() else {
            return;
        };
        // One at a time: else one could darken what another has just lit.
        let lamp = lamp.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = lamp.0.read();
        let waker = Waker::from(Arc::clone(&lamp));
        if self
            .source
            .poll_ready(&Context::from_waker(&waker))
            .is_ready()
        {
            waker.wake();
        }
    }
}

/// What has happened to a handle.
#[pyclass(frozen, module = "tenure._tenure")]
pub(crate) struct Events(pub(crate) Arc<Stream>);

#[pymethods]
impl Events {
    /// Takes the oldest event that waits, if any does.
    fn take(&self, py: Python<'_>) -> PyResult<Option<Py<PyAny>>> {
        let taken = check(py, self.0.source.take());
        self.0.trim();
        taken?.map(|value| value.into_python(py)).transpose()
    }

    /// Takes the next event, for a thread that waits.
    fn next(&self) -> Call {
        let stream = Arc::clone(&self.0);
        Call::of_handle(&self.0.waking, async move {
            let event = std::future::poll_fn(|cx| stream.source.poll_next(cx)).await;
            stream.trim();
            event
        })
    }

    /// Ends when an event waits or none will ever come; takes nothing.
    fn ready(&self) -> Call {
        let stream = Arc::clone(&self.0);
        Call::of_handle(&self.0.waking, async move {
            std::future::poll_fn(|cx| stream.source.poll_ready(cx)).await;
            Ok(Value::Nothing)
        })
    }

    /// The newest event that says how things are, taken or not.
    fn latest(&self, py: Python<'_>) -> PyResult<Option<Py<PyAny>>> {
        let latest = self.0.source.latest();
        latest.map(|value| value.into_python(py)).transpose()
    }

    /// A descriptor that is readable while events wait, or none will ever come.
    fn fileno(&self) -> PyResult<RawFd> {
        let lamp = match self.0.lamp.get() {
            Some(lamp) => lamp,
            None => {
                let flags = EfdFlags::EFD_CLOEXEC | EfdFlags::EFD_NONBLOCK;
                let fd = EventFd::from_value_and_flags(0, flags).map_err(std::io::Error::from)?;
                self.0.lamp.get_or_init(|| Mutex::new(Arc::new(Lamp(fd))))
            }
        };
        let fd = lamp
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .0
            .as_raw_fd();
        self.0.trim();
        Ok(fd)
    }
}
