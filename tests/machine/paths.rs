//! Random events, fitting and not: the rules hold along every path.

use alloy_primitives::B256;
use proptest::{collection::vec, prelude::*};
use rota::tx::{
    Explanation, WalletError,
    machine::{Checked, Command, Event, News, Phase, Run},
};

use super::{checked, hash, outcome, refusal, rehearsal, rules::Watch, run, sent};

/// Numbers from which an event is made, so that it can fit the run as it is then.
type Choice = (u8, u8, u8);

fn step_of(run: &Run, choice: u8) -> usize {
    let current = match &run.phase {
        Phase::Simulating(step)
        | Phase::Blocked(step, _)
        | Phase::Review(step)
        | Phase::Checking(step)
        | Phase::Asking(step)
        | Phase::Waiting(step)
        | Phase::Paused(step, _) => *step,
        Phase::Done | Phase::Closed => 0,
    };
    // most events are about the step at hand, some about another, some about none
    if choice < 200 { current } else { usize::from(choice) % (run.steps.len() + 1) }
}

fn news(choice: u8, number: u64) -> News {
    match choice % 8 {
        0 => News::Pending { nonce: number },
        1 | 2 => News::Missing { block: 100 + 20 * number },
        6 if number == 7 => News::TooFarBack,
        6 if number == 5 => News::Undone,
        6 if number == 3 => News::Unproven(hash(number)),
        3 | 4 => News::Mined(outcome(number)),
        5 => News::Reverted(outcome(number), Some(Explanation::new("a", "b"))),
        6 => News::SpedUp(hash(number)),
        _ if number.is_multiple_of(2) => News::Cancelled(B256::ZERO),
        _ => News::Replaced(None),
    }
}

fn event((kind, step, detail): Choice, run: &Run) -> Event {
    let step = step_of(run, step);
    let number = u64::from(detail % 8);
    let in_plan = step.min(run.steps.len() - 1);
    match kind % 20 {
        0 | 1 if detail < 40 => Event::Simulated(Err(refusal())),
        0 | 1 => rehearsal(run, in_plan),
        2 => Event::Refresh,
        3 | 4 => Event::Confirm,
        7 if detail < 40 => Event::Changed(step, Explanation::new("a", "b")),
        5 | 6 if detail < 40 => Event::Checked(step, Err(refusal())),
        5..=8 => Event::Checked(
            step,
            Ok(Checked { gone: detail % 16 == 0, ..checked(number, number + u64::from(detail / 128)) }),
        ),
        9 if detail < 64 => Event::Signed(step, Err(WalletError::Rejected)),
        9 if detail < 96 => Event::Signed(step, Err(WalletError::Disconnected)),
        9 if detail < 128 => Event::NotAsked(step, refusal()),
        9 | 10 => Event::Signed(step, Ok(sent(in_plan, number, 50 + u64::from(detail)))),
        11..=13 => Event::Seen(step, news(detail, number)),
        14 if detail < 32 => Event::MayWait(step),
        14 if detail < 128 => Event::Found(step, None),
        14 => Event::Found(step, Some(sent(in_plan, number, 90))),
        15 if detail < 16 => Event::SetAside,
        15 => Event::Stop,
        16 | 17 => Event::Again,
        18 => Event::SessionChanged(refusal()),
        _ => Event::Close,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_path_breaks_a_rule(steps in 1usize..5, choices in vec(any::<Choice>(), 1..120)) {
        let (mut run, mut watch) = (run(steps), Watch::page());
        for choice in choices {
            if choice.0 == 255 {
                run = reload(run);
                watch = Watch::page();
            }
            let event = event(choice, &run);
            // an end is reached soon by chance; most paths should be long
            if !matches!(event, Event::Close) || choice.2 < 16 {
                watch.send(&mut run, event);
            }
        }
    }

    #[test]
    fn after_a_reload_nothing_is_asked_for_before_the_person_confirms_again(
        steps in 1usize..4, before in vec(any::<Choice>(), 1..80), after in vec(any::<Choice>(), 1..60),
    ) {
        let (mut run, mut watch) = (run(steps), Watch::page());
        for choice in before {
            let event = event(choice, &run);
            if !matches!(event, Event::Close) {
                watch.send(&mut run, event);
            }
        }
        let mut run = reload(run);
        for choice in after {
            let event = event(choice, &run);
            if !matches!(event, Event::Confirm) {
                let commands = run.next(event);
                prop_assert!(!commands.iter().any(|command| matches!(command, Command::Ask(..))), "{:?}", commands);
            }
        }
    }

    #[test]
    fn another_tabs_progress_is_taken_over_but_not_its_confirmation(
        mine in vec(any::<Choice>(), 1..40), more in vec(any::<Choice>(), 1..40), after in vec(any::<Choice>(), 1..40),
    ) {
        let (mut run, mut watch) = (run(3), Watch::page());
        for choice in mine {
            let event = event(choice, &run);
            if !matches!(event, Event::Close) {
                watch.send(&mut run, event);
            }
        }
        let (mut other, mut other_watch) = (reload(run.clone()), Watch::page());
        for choice in more {
            let event = event(choice, &other);
            if !matches!(event, Event::Close) {
                other_watch.send(&mut other, event);
            }
        }
        watch.send(&mut run, Event::Adopt(Box::new(keep(&other))));
        for choice in after {
            let event = event(choice, &run);
            watch.send(&mut run, event);
        }
    }
}

/// What the journal gives back.
fn keep(run: &Run) -> Run {
    serde_json::from_str(&serde_json::to_string(run).expect("JSON")).expect("the same")
}

fn reload(run: Run) -> Run {
    let (run, commands) = keep(&run).restored();
    assert!(
        !commands.iter().any(|command| matches!(command, Command::Ask(..) | Command::Check(_))),
        "{commands:?}"
    );
    assert!(!run.reviewed && run.simulated.iter().all(Option::is_none));
    assert!(
        !matches!(run.phase, Phase::Asking(_) | Phase::Checking(_) | Phase::Simulating(_) | Phase::Review(_)),
        "{:?}",
        run.phase
    );
    run
}
