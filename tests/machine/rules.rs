//! What must hold after every event, whoever sends it.

use rota::tx::machine::{Command, Event, Phase, Run, StepState};

/// Follows one run and knows what its page has seen.
pub(crate) struct Watch {
    /// Whether the person confirmed in this page.
    confirmed: bool,
}

impl Watch {
    /// A page that shows a run for the first time, or after a reload.
    pub(crate) fn page() -> Self {
        Self { confirmed: false }
    }

    /// Sends an event and checks everything that it may not do.
    pub(crate) fn send(&mut self, run: &mut Run, event: Event) -> Vec<Command> {
        let before = run.clone();
        let told = event.clone();
        let commands = run.next(event);
        if matches!((&before.phase, &told), (Phase::Review(_), Event::Confirm)) {
            self.confirmed = true;
        }
        let adopted = matches!(told, Event::Adopt(_)) && *run != before;
        let changed = matches!(told, Event::Changed(..)) && *run != before;
        if adopted || changed {
            self.confirmed = false;
        }
        self.check_asks(&before, &told, run, &commands);
        check_steps(&before, &told, run);
        check_phase(&before, &told, run, &commands);
        commands
    }

    fn check_asks(&self, before: &Run, event: &Event, after: &Run, commands: &[Command]) {
        let asks: Vec<_> = commands.iter().filter(|command| matches!(command, Command::Ask(..))).collect();
        assert!(asks.len() <= 1, "{commands:?}");
        let Some(Command::Ask(step, nonce)) = asks.first() else { return };
        assert!(matches!(event, Event::Checked(of, Ok(_)) if of == step), "asked for after {event:?}");
        assert_eq!(before.phase, Phase::Checking(*step), "asked for while {:?}", before.phase);
        assert_eq!(after.phase, Phase::Asking(*step));
        assert!(self.confirmed && before.reviewed, "nobody confirmed in this page");
        assert!(after.steps[..*step].iter().all(is_confirmed), "the steps before are not confirmed");
        let Event::Checked(_, Ok(checked)) = event else { unreachable!() };
        match &before.steps[*step] {
            StepState::Planned | StepState::Reverted { .. } => assert_eq!(*nonce, None),
            StepState::Asked { .. } if checked.gone => assert_eq!(*nonce, None),
            // whatever was sent or may have been sent before: only one of the two can be mined
            StepState::Sent(lost) if lost.nonce >= checked.used => assert_eq!(*nonce, Some(lost.nonce)),
            StepState::Asked { nonce: asked, .. } if *asked >= checked.used => {
                assert_eq!(*nonce, Some(*asked));
            }
            other => panic!("{other:?} may have been mined: its place in the account is used"),
        }
        let place = |wanted: &Command| commands.iter().position(|command| command == wanted);
        let save = place(&Command::Save).expect("written down first");
        assert!(save < place(&Command::Ask(*step, *nonce)).expect("there"), "{commands:?}");
        assert!(
            matches!(after.steps[*step], StepState::Asked { .. }),
            "what is written down is that it was asked for"
        );
    }
}

fn is_confirmed(step: &StepState) -> bool {
    matches!(step, StepState::Confirmed(_))
}

fn check_steps(before: &Run, event: &Event, after: &Run) {
    assert_eq!(after.steps.len(), after.plan.steps.len());
    assert_eq!(after.plan, before.plan);
    for (old, new) in before.steps.iter().zip(&after.steps) {
        assert!(!is_confirmed(old) || old == new, "a confirmed step changed: {event:?}");
        if is_confirmed(new) && !is_confirmed(old) {
            let mined = matches!(event, Event::Seen(_, rota::tx::machine::News::Mined(_)) | Event::Adopt(_));
            assert!(mined, "confirmed by {event:?}");
        }
    }
}

fn check_phase(before: &Run, event: &Event, after: &Run, commands: &[Command]) {
    match &after.phase {
        Phase::Done => assert!(after.steps.iter().all(is_confirmed), "done without {:?}", after.steps),
        Phase::Closed => {}
        Phase::Simulating(step)
        | Phase::Blocked(step, _)
        | Phase::Review(step)
        | Phase::Checking(step)
        | Phase::Asking(step)
        | Phase::Waiting(step)
        | Phase::Paused(step, _) => {
            assert!(after.steps[..*step].iter().all(is_confirmed), "{:?} before its time", after.phase);
            assert!(!is_confirmed(&after.steps[*step]), "{:?} of a step that is done", after.phase);
        }
    }
    if before.phase == Phase::Closed {
        assert_eq!((before, commands), (after, [].as_slice()), "{event:?} woke a run that was put away");
    }
    if after.phase == Phase::Closed && before.phase != Phase::Closed {
        assert!(matches!(event, Event::Close) && commands == [Command::Forget], "{event:?}");
        assert!(!before.in_flight(), "put away while something is under way");
    }
    if matches!(before.phase, Phase::Asking(_) | Phase::Waiting(_)) {
        assert!(
            !matches!(event, Event::Close | Event::Confirm | Event::Again | Event::Refresh)
                || before == after
        );
    }
    // what a page must still know after a reload is written down at every change of it
    let kept = |run: &Run| (run.steps.clone(), matches!(run.phase, Phase::Done).then_some(()));
    let written = commands.iter().any(|command| matches!(command, Command::Save | Command::Forget));
    let only_counts = matches!(
        event,
        Event::Seen(
            _,
            rota::tx::machine::News::Pending { .. }
                | rota::tx::machine::News::TooFarBack
                | rota::tx::machine::News::Missing { .. }
        )
    );
    assert!(
        kept(before) == kept(after) || written || only_counts || matches!(event, Event::Adopt(_)),
        "{event:?} is not written down"
    );
}
