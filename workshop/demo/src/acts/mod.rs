//! What is played, in order: one file an act.

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
        about: "Three contenders and two detectors start. One contender is to lead, the others stand by.",
        play: election::play,
    },
    Act {
        title: "2. Clean hand-over",
        about: "The leader is asked to end (SIGTERM). It stops leading first, then lets the next one.",
        play: hand_over::play,
    },
    Act {
        title: "3. The leader is killed",
        about: "SIGKILL: it cannot tell anybody. Its session has to time out before another may lead.",
        play: kill::play,
    },
    Act {
        title: "4. The server hangs for a moment",
        about: "SIGSTOP to the server for a quarter of T. Nobody is to lose anything by that.",
        play: blip::play,
    },
    Act {
        title: "5. The server is away for longer than T",
        about: "Nobody can know who leads. The leader is to stop by its own clock, told by no one.",
        play: outage::play,
    },
    Act {
        title: "6. In one process, without a server",
        about: "Three contenders and a detector inside this process, at memory://demo/app.",
        play: memory::play,
    },
    Act {
        title: "7. Everybody leaves",
        about: "SIGTERM to all. Nothing is to stay behind: no znode, no session, no process.",
        play: finale::play,
    },
];

/// Plays all acts. What they find is added as they end.
pub(crate) fn play(demo: &mut Demo, findings: &mut Vec<Finding>) -> Step<()> {
    for act in ACTS {
        demo.check_wanted()?;
        demo.narrator.heading(act.title, act.about);
        findings.extend((act.play)(demo)?);
    }
    Ok(())
}
