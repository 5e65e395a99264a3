//! The machines of one client, and the agenda of their needs, which is updated whenever one of them is
//! touched.

use super::agenda::{Agenda, Needs};
use crate::Handle;
use crate::contender::Contender;
use crate::detector::Detector;
use crate::group::Group;
use crate::shared::Shared;
use alloc::boxed::Box;
use alloc::collections::BTreeMap;

/// A machine. Each is boxed: an entry of the table would have the size of the largest.
pub(super) enum Machine {
    Contender(Box<Contender>),
    Detector(Box<Detector>),
    Group(Box<Group>),
}

impl Machine {
    /// How many of its states only a watch confirms.
    pub(super) fn rests(&self, shared: &Shared) -> usize {
        match self {
            Self::Contender(contender) => usize::from(contender.rests()),
            Self::Detector(detector) => usize::from(detector.rests()),
            Self::Group(group) => group.rests(&shared.znodes),
        }
    }

    fn needs(&self, shared: &Shared) -> Needs {
        match self {
            Self::Contender(contender) => contender.needs(shared),
            Self::Detector(detector) => Needs {
                again_at: detector.deadline(),
                ..Needs::default()
            },
            Self::Group(group) => Needs {
                again_at: group.deadline(),
                binds_session: group.has_members(),
                ..Needs::default()
            },
        }
    }
}

#[derive(Default)]
pub(super) struct Machines {
    all: BTreeMap<Handle, (Machine, Needs)>,
    agenda: Agenda,
}

impl Machines {
    /// The needs of all machines.
    pub(super) fn agenda(&self) -> &Agenda {
        &self.agenda
    }

    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    pub(super) fn contains(&self, handle: Handle) -> bool {
        self.all.contains_key(&handle)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (Handle, &Machine)> {
        self.all
            .iter()
            .map(|(handle, (machine, _))| (*handle, machine))
    }

    pub(super) fn as_contender(&self, handle: Handle) -> Option<&Contender> {
        match self.all.get(&handle) {
            Some((Machine::Contender(contender), _)) => Some(contender),
            _ => None,
        }
    }

    pub(super) fn insert(&mut self, handle: Handle, machine: Machine, shared: &Shared) {
        self.remove(handle);
        let needs = machine.needs(shared);
        self.agenda.change(handle, &Needs::default(), &needs);
        self.all.insert(handle, (machine, needs));
    }

    pub(super) fn remove(&mut self, handle: Handle) {
        if let Some((_, needs)) = self.all.remove(&handle) {
            self.agenda.change(handle, &needs, &Needs::default());
        }
    }

    /// Applies `act` to one machine.
    pub(super) fn touch<R>(
        &mut self,
        handle: Handle,
        shared: &mut Shared,
        act: impl FnOnce(&mut Machine, &mut Shared) -> R,
    ) -> Option<R> {
        let (machine, needs) = self.all.get_mut(&handle)?;
        let result = act(machine, shared);
        let new = machine.needs(shared);
        self.agenda.change(handle, needs, &new);
        *needs = new;
        Some(result)
    }

    /// Applies `act` to a contender; `None` if the handle has none.
    pub(super) fn contender<R>(
        &mut self,
        handle: Handle,
        shared: &mut Shared,
        act: impl FnOnce(&mut Contender, &mut Shared) -> R,
    ) -> Option<R> {
        self.touch(handle, shared, |machine, shared| match machine {
            Machine::Contender(contender) => Some(act(contender, shared)),
            Machine::Detector(_) | Machine::Group(_) => None,
        })?
    }

    /// Applies `act` to a detector; `None` if the handle has none.
    pub(super) fn detector<R>(
        &mut self,
        handle: Handle,
        shared: &mut Shared,
        act: impl FnOnce(&mut Detector, &mut Shared) -> R,
    ) -> Option<R> {
        self.touch(handle, shared, |machine, shared| match machine {
            Machine::Detector(detector) => Some(act(detector, shared)),
            Machine::Contender(_) | Machine::Group(_) => None,
        })?
    }

    /// Applies `act` to a group; `None` if the handle has none.
    pub(super) fn group<R>(
        &mut self,
        handle: Handle,
        shared: &mut Shared,
        act: impl FnOnce(&mut Group, &mut Shared) -> R,
    ) -> Option<R> {
        self.touch(handle, shared, |machine, shared| match machine {
            Machine::Group(group) => Some(act(group, shared)),
            Machine::Contender(_) | Machine::Detector(_) => None,
        })?
    }

    /// Applies `act`, which leaves no needs, to all machines, in the order of their handles.
    pub(super) fn end(
        &mut self,
        shared: &mut Shared,
        mut act: impl FnMut(&mut Machine, &mut Shared),
    ) {
        self.agenda = Agenda::default();
        for (machine, needs) in self.all.values_mut() {
            act(machine, shared);
            *needs = Needs::default();
        }
    }

    /// Applies `act` to all machines, in the order of their handles.
    pub(super) fn each(
        &mut self,
        shared: &mut Shared,
        mut act: impl FnMut(&mut Machine, &mut Shared),
    ) {
        for (handle, (machine, needs)) in &mut self.all {
            act(machine, shared);
            let new = machine.needs(shared);
            self.agenda.change(*handle, needs, &new);
            *needs = new;
        }
    }
}
