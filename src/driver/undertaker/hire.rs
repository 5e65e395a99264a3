//! The helpers of this process, one for each program.

use super::super::process::PerProcess;
use super::charge::Charge;
use super::codec::MESSAGE_BYTES_MAX;
use super::find::{Undertaker, invalid};
use super::link::Link;
use super::order::{Order, WILLS_BYTES_MAX};
use super::refused::Refused;
use crate::core::{Identity, Secret};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// The helper of this process for that program, which starts if there is none.
pub(crate) fn hire(wanted: &Undertaker, charge: &Charge) -> Result<Option<Arc<Link>>, Refused> {
    static LINKS: PerProcess<Mutex<BTreeMap<PathBuf, Weak<Link>>>> =
        PerProcess::new(Mutex::default);
    let Some(program) = wanted.program().map_err(Refused::Bad)? else {
        return Ok(None);
    };
    let mut links = LINKS.get().lock().unwrap_or_else(PoisonError::into_inner);
    links.retain(|_, link| link.strong_count() > 0);
    let link = match links.get(&program).and_then(Weak::upgrade) {
        Some(link) => {
            // Its loss may not be known yet.
            let generation = link.generation();
            if link.is_over() {
                link.restart(generation)?;
            }
            link
        }
        None => {
            let link = Arc::new(Link::open(program.clone())?);
            links.insert(program.clone(), Arc::downgrade(&link));
            link
        }
    };
    drop(links);
    if charge.tls.is_some() && !link.has_tls() {
        return Err(Refused::Bad(invalid(format!(
            "the undertaker {} was built without TLS; build it with --features tls",
            program.display()
        ))));
    }
    let longest = Order::Put {
        client: 0,
        charge: Box::new(charge.clone()),
        identity: Identity {
            password: Secret::new([0; 64]),
            ..Identity::default()
        },
        wills: Vec::new(),
    };
    if longest.encode().len() + WILLS_BYTES_MAX > MESSAGE_BYTES_MAX {
        return Err(Refused::Bad(invalid(
            "the URL has too many servers for an undertaker".to_owned(),
        )));
    }
    Ok(Some(link))
}
