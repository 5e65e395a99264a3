//! The acts in their order: one file for each.

mod blip;
mod election;
mod finale;
mod hand_over;
mod kill;
mod memory;
mod outage;
mod successor;

use crate::demo::Demo;
use crate::failure::Step;
use crate::table::Finding;

struct Act {
    title: &'static str,
    about: &'static str,
    play: fn(&mut Demo) -> Step<Vec<Finding>>,
}

const ACTS: [Act; 7] = [
    Act {
        title: "1. Election",
        about: "Three contenders and two detectors start. One contender is to lead, the others are standbys.",
        play: election::play,
    },
    Act {
        title: "2. Clean hand-over",
        about: "The leader is asked to end (SIGTERM). It first stops leading, then the next contender leads.",
        play: hand_over::play,
    },
    Act {
        title: "3. The leader is killed",
        about: "SIGKILL: it cannot withdraw. Its undertaker closes its session, and the next contender leads.",
        play: kill::play,
    },
    Act {
        title: "4. The server hangs for a moment",
        about: "SIGSTOP to the server for a quarter of T. No contender is to lose its candidacy.",
        play: blip::play,
    },
    Act {
        title: "5. The server is away for longer than T",
        about: "Nobody can know the leader. The leader is to stop by its own clock, without a message.",
        play: outage::play,
    },
    Act {
        title: "6. In one process, without a server",
        about: "Three contenders and a detector inside this process, at memory://demo/app.",
        play: memory::play,
    },
    Act {
        title: "7. Everybody leaves",
        about: "SIGTERM to all. Nothing may be left: no znode, no session, no process.",
        play: finale::play,
    },
];

/// Plays all acts. Adds the findings of each as it ends.
pub(crate) fn play(demo: &mut Demo, findings: &mut Vec<Finding>) -> Step<()> {
    for act in ACTS {
        demo.check_wanted()?;
        demo.narrator.heading(act.title, act.about);
        findings.extend((act.play)(demo)?);
    }
    Ok(())
}
