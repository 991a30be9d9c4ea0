//! One line for each documented transition: where a run is, what happens, where it is then and what is to be done.

use rota::tx::{
    Explanation, Refusal, WalletError,
    machine::{Checked, Command, Command::*, Event, News, Pause, Phase, Phase::*, Run, StepState},
    track::{Sent, Trace},
};

use super::{checked, hash, outcome, refusal, rehearsal, run, sent};

fn confirmed() -> StepState {
    StepState::Confirmed(outcome(1))
}

fn asked(nonce: u64, again: bool) -> StepState {
    StepState::Asked { nonce, used: nonce, since_block: 100, again, by_contract: false }
}

/// A run of three steps of which the second is at hand, confirmed by the person in this page.
fn at(phase: Phase, step: StepState) -> Run {
    Run { phase, steps: vec![confirmed(), step, StepState::Planned], reviewed: true, ..run(3) }
}

fn refused() -> Phase {
    Paused(1, Pause::Refused(refusal()))
}

fn rejected() -> Phase {
    Paused(1, Pause::Wallet(WalletError::Rejected))
}

fn dropped(again: bool) -> Phase {
    Paused(1, Pause::Dropped { nonce: 4, again_from: 550, again })
}

/// Sends `event` to `run` and compares.
fn expect(mut run: Run, event: Event, phase: Phase, step: Option<StepState>, commands: &[Command]) {
    let (before, told) = (run.clone(), format!("{event:?}"));
    let given = run.next(event);
    assert_eq!((&run.phase, given.as_slice()), (&phase, commands), "{told} while {:?}", before.phase);
    let expected = step.unwrap_or_else(|| before.steps[1].clone());
    assert_eq!(run.steps[1], expected, "{told} while {:?}", before.phase);
}

fn ignored(run: Run, event: Event) {
    let (mut after, told) = (run.clone(), format!("{event:?}"));
    assert_eq!((after.next(event), &after), (vec![], &run), "{told} while {:?}", run.phase);
}

#[test]
fn before_the_person_confirms() {
    let planned = || StepState::Planned;
    let simulating = || at(Simulating(1), planned());
    expect(simulating(), rehearsal(&run(3), 1), Review(1), None, &[]);
    expect(simulating(), Event::Simulated(Err(refusal())), Blocked(1, refusal()), None, &[]);
    let blocked = || at(Blocked(1, refusal()), planned());
    expect(blocked(), Event::Refresh, Simulating(1), None, &[Simulate(1)]);
    let review = || at(Review(1), planned());
    expect(review(), Event::Refresh, Simulating(1), None, &[Simulate(1)]);
    expect(review(), Event::SessionChanged(refusal()), Blocked(1, refusal()), None, &[]);
    expect(review(), Event::Confirm, Checking(1), None, &[Check(1), Save]);
    for run in [simulating(), blocked(), review()] {
        expect(run.clone(), Event::Close, Closed, None, &[Forget]);
        for event in [Event::Again, Event::Stop, Event::Checked(1, Ok(checked(1, 1))), Event::Found(1, None)]
        {
            ignored(run.clone(), event);
        }
    }
    for run in [simulating(), blocked()] {
        ignored(run, Event::Confirm);
    }
    let mut confirmed_now = Run { reviewed: false, ..review() };
    confirmed_now.next(Event::Confirm);
    assert!(confirmed_now.reviewed);
}

#[test]
fn a_rehearsal_belongs_to_the_steps_that_are_left() {
    let mut run = at(Simulating(1), StepState::Planned);
    run.next(rehearsal(&run.clone(), 1));
    let known: Vec<_> = run.simulated.iter().map(Option::is_some).collect();
    assert_eq!(known, [false, true, true]);
    assert!(run.priced.is_some());
}

#[test]
fn a_new_simulation_forgets_the_one_before() {
    let mut run = at(Simulating(1), StepState::Planned);
    run.next(rehearsal(&run.clone(), 1));
    run.next(Event::Refresh);
    run.next(Event::Simulated(Err(refusal())));
    assert_eq!((run.simulated, run.priced), (vec![None, None, None], None));
}

#[test]
fn stopping_while_an_earlier_attempt_may_be_mined_stops_behind_it() {
    let mut run = at(Checking(1), StepState::Sent(sent(1, 4, 9)));
    assert_eq!(run.next(Event::Stop), [Save, Track(1)]);
    assert_eq!(run.next(Event::Seen(1, News::Mined(outcome(9)))), [Save]);
    assert_eq!(run.phase, Paused(2, Pause::Stopped));
}

#[test]
fn between_the_person_and_the_wallet() {
    let run = || at(Checking(1), StepState::Planned);
    let waits = || StepState::Sent(sent(1, 4, 9));
    expect(
        run(),
        Event::Checked(1, Ok(checked(4, 4))),
        Asking(1),
        Some(asked_at(4, 4, false)),
        &[Save, Ask(1, None)],
    );
    // behind what waits
    expect(
        run(),
        Event::Checked(1, Ok(checked(4, 6))),
        Asking(1),
        Some(asked_at(6, 4, false)),
        &[Save, Ask(1, None)],
    );
    expect(run(), Event::Checked(1, Err(refusal())), refused(), None, &[Save]);
    expect(run(), Event::SessionChanged(refusal()), refused(), None, &[Save]);
    expect(run(), Event::Stop, Paused(1, Pause::Stopped), None, &[Save]);
    expect(run(), Event::Found(1, Some(sent(1, 4, 9))), Waiting(1), Some(waits()), &[Save, Track(1)]);
    let maybe = at(Checking(1), asked(4, false));
    expect(maybe, Event::MayWait(1), Paused(1, Pause::Uncertain), None, &[Save, FindLost(1)]);
    expect(run(), Event::Changed(1, changed()), Simulating(1), None, &[Simulate(1)]);
    for event in [
        Event::Changed(0, changed()),
        Event::Changed(2, changed()),
        Event::Checked(0, Ok(checked(4, 4))),
        Event::Checked(2, Ok(checked(4, 4))),
        Event::Checked(2, Err(refusal())),
        Event::Found(1, None),
        Event::Found(2, Some(sent(2, 4, 9))),
        Event::MayWait(0),
        Event::Close,
        Event::Confirm,
        Event::Again,
        Event::Refresh,
        Event::Signed(1, Ok(sent(1, 4, 9))),
        rehearsal(&run(), 1),
    ] {
        ignored(run(), event);
    }
}

fn changed() -> Explanation {
    Explanation::new("It would do something else now.", "Look again.")
}

#[test]
fn what_changed_is_shown_and_confirmed_again() {
    let mut run = at(Checking(1), StepState::Planned);
    run.simulated = vec![None, Some(super::succeeds()), Some(super::succeeds())];
    run.next(Event::Changed(1, changed()));
    assert!(!run.reviewed && run.changed == Some(changed()) && run.simulated == [None, None, None]);
    run.next(rehearsal(&run.clone(), 1));
    assert_eq!((&run.phase, &run.changed), (&Review(1), &Some(changed())), "said where it is confirmed");
    ignored(run.clone(), Event::Checked(1, Ok(checked(4, 4))));
    assert_eq!(run.next(Event::Confirm), [Check(1), Save]);
    assert!(run.reviewed && run.changed.is_none());
    // a reload shows everything anew in any case
    let mut run = at(Checking(1), StepState::Planned);
    run.next(Event::Changed(1, changed()));
    assert_eq!(run.restored().0.changed, None);
}

fn asked_at(nonce: u64, used: u64, again: bool) -> StepState {
    StepState::Asked { nonce, used, since_block: 100 + used, again, by_contract: false }
}

#[test]
fn an_attempt_before_leaves_its_place_or_is_looked_for() {
    let lost = || StepState::Sent(sent(1, 4, 9));
    let reverted = || StepState::Reverted { outcome: outcome(9), because: None };
    let uncertain = || Paused(1, Pause::Uncertain);
    let again =
        |nonce, used| StepState::Asked { nonce, used, since_block: 100, again: true, by_contract: false };
    let fresh = |used| asked_at(used, used, false);
    let gone = |used| Checked { gone: true, ..checked(used, used) };
    for (state, check, phase, then, commands) in [
        (lost(), checked(4, 4), Asking(1), again(4, 4), [Save, Ask(1, Some(4))]),
        (lost(), checked(3, 4), Asking(1), again(4, 4), [Save, Ask(1, Some(4))]),
        (lost(), checked(5, 5), Waiting(1), lost(), [Save, Track(1)]),
        (asked(4, false), checked(4, 4), Asking(1), again(4, 4), [Save, Ask(1, Some(4))]),
        (asked(4, true), checked(4, 4), Asking(1), again(4, 4), [Save, Ask(1, Some(4))]),
        (asked(4, false), checked(5, 5), uncertain(), asked(4, false), [Save, FindLost(1)]),
        (asked(4, false), gone(5), Asking(1), fresh(5), [Save, Ask(1, None)]),
        // it reverted: its place is used by itself
        (reverted(), checked(5, 5), Asking(1), fresh(5), [Save, Ask(1, None)]),
    ] {
        expect(at(Checking(1), state), Event::Checked(1, Ok(check)), phase, Some(then), &commands);
    }
}

#[test]
fn while_the_wallet_is_open() {
    let run = || at(Asking(1), asked(4, false));
    let signed = sent(1, 4, 9);
    expect(
        run(),
        Event::Signed(1, Ok(signed.clone())),
        Waiting(1),
        Some(StepState::Sent(signed.clone())),
        &[Save, Track(1)],
    );
    expect(
        run(),
        Event::Signed(1, Err(WalletError::Rejected)),
        rejected(),
        Some(StepState::Planned),
        &[Save],
    );
    // the wallet's no is about this attempt, not about the one before
    let second = at(Asking(1), asked(4, true));
    expect(second, Event::Signed(1, Err(WalletError::Rejected)), rejected(), None, &[Save, FindLost(1)]);
    // some errors do not say that nothing was sent: it is looked for
    for error in [
        WalletError::Disconnected,
        WalletError::ChainDisconnected,
        WalletError::from_code(-32000, "already known"),
        WalletError::from_code(-32603, "internal"),
        WalletError::from_code(0, "strange"),
    ] {
        let unclear = Paused(1, Pause::Unclear(error.clone()));
        expect(run(), Event::Signed(1, Err(error)), unclear, None, &[Save, FindLost(1)]);
    }
    for error in
        [WalletError::Unauthorized, WalletError::Unsupported, WalletError::UnknownChain, WalletError::Busy]
    {
        let told = Paused(1, Pause::Wallet(error.clone()));
        expect(run(), Event::Signed(1, Err(error)), told, Some(StepState::Planned), &[Save]);
    }
    // it was not asked at all
    expect(run(), Event::NotAsked(1, refusal()), refused(), Some(StepState::Planned), &[Save]);
    let second = at(Asking(1), asked(4, true));
    expect(second, Event::NotAsked(1, refusal()), refused(), None, &[Save, FindLost(1)]);
    expect(run(), Event::Stop, Asking(1), None, &[Save]);
    for event in [
        Event::NotAsked(0, refusal()),
        Event::Signed(0, Ok(signed.clone())),
        Event::Signed(2, Err(WalletError::Rejected)),
        Event::Close,
        Event::Again,
        Event::Confirm,
        Event::SessionChanged(refusal()),
        Event::Checked(1, Ok(checked(4, 4))),
        Event::Found(1, Some(signed)),
        Event::Seen(1, News::Mined(outcome(9))),
    ] {
        ignored(run(), event);
    }
}

#[test]
fn while_it_is_on_its_way() {
    let missing =
        |looks| StepState::Sent(Sent { trace: Trace::Missing { looks, since: 500 }, ..sent(1, 4, 9) });
    let shown = || StepState::Sent(sent(1, 4, 9));
    let run = || at(Waiting(1), shown());
    let seen = |news| Event::Seen(1, news);
    let planned = || Some(StepState::Planned);
    expect(
        at(Waiting(1), missing(2)),
        seen(News::Pending { nonce: 4 }),
        Waiting(1),
        Some(shown()),
        &[Track(1)],
    );
    let moved = StepState::Sent(Sent { nonce: 5, ..sent(1, 4, 9) });
    expect(run(), seen(News::Pending { nonce: 5 }), Waiting(1), Some(moved), &[Track(1)]);
    let gone = |block| seen(News::Missing { block });
    expect(run(), gone(500), Waiting(1), Some(missing(1)), &[Track(1)]);
    expect(at(Waiting(1), missing(1)), gone(500), Waiting(1), Some(missing(2)), &[Track(1)]);
    expect(at(Waiting(1), missing(2)), gone(500), dropped(false), Some(missing(3)), &[Save, Track(1)]);
    // it is looked for all the time, and may be sent again when nothing was seen of it for long
    expect(at(dropped(false), missing(3)), gone(549), dropped(false), Some(missing(4)), &[Track(1)]);
    expect(at(dropped(false), missing(9)), gone(550), dropped(true), Some(missing(10)), &[Save, Track(1)]);
    ignored(at(dropped(false), missing(3)), Event::Again);
    expect(at(dropped(true), missing(3)), Event::Again, Checking(1), None, &[Check(1), Save]);
    let back = seen(News::Pending { nonce: 4 });
    expect(at(dropped(true), missing(3)), back, Waiting(1), Some(shown()), &[Save, Track(1)]);
    let found = Some(StepState::Confirmed(outcome(9)));
    let mined = seen(News::Mined(outcome(9)));
    expect(at(dropped(true), missing(3)), mined, Checking(2), found, &[Check(2), Save]);
    // where nobody can look it is not given up either
    let far = StepState::Sent(Sent { trace: Trace::TooFarBack, ..sent(1, 4, 9) });
    expect(run(), seen(News::TooFarBack), Waiting(1), Some(far), &[Track(1)]);
    let faster = StepState::Sent(sent(1, 4, 10));
    expect(run(), seen(News::SpedUp(hash(10))), Waiting(1), Some(faster), &[Save, Track(1)]);
    let mined = StepState::Confirmed(outcome(9));
    expect(run(), seen(News::Mined(outcome(9))), Checking(2), Some(mined), &[Check(2), Save]);
    let reverted = StepState::Reverted { outcome: outcome(9), because: None };
    expect(
        run(),
        seen(News::Reverted(outcome(9), None)),
        Paused(1, Pause::Reverted),
        Some(reverted),
        &[Save],
    );
    expect(
        run(),
        seen(News::Cancelled(hash(3))),
        Paused(1, Pause::Cancelled { by: hash(3) }),
        planned(),
        &[Save],
    );
    expect(run(), seen(News::Replaced(None)), Paused(1, Pause::Replaced { by: None }), planned(), &[Save]);
    expect(run(), Event::Stop, Waiting(1), None, &[Save]);
    for event in [
        Event::Seen(0, News::Mined(outcome(9))),
        Event::Seen(2, News::Mined(outcome(9))),
        Event::Close,
        Event::Again,
        Event::Confirm,
        Event::SessionChanged(refusal()),
        Event::Signed(1, Ok(sent(1, 4, 10))),
    ] {
        ignored(run(), event);
    }
}

#[test]
fn a_contract_accounts_transaction_is_never_given_up() {
    let safe = Sent { by_contract: true, ..sent(1, 4, 9) };
    let mut run = at(Waiting(1), StepState::Sent(safe));
    for _ in 0..300 {
        assert_eq!(run.next(Event::Seen(1, News::Missing { block: 10_000 })), [Track(1)]);
    }
}

#[test]
fn what_nobody_can_look_for_is_set_aside_by_the_persons_word() {
    let uncertain = || Paused(1, Pause::Uncertain);
    let safe = Sent { by_contract: true, ..sent(1, 4, 9) };
    let far = Sent { trace: Trace::TooFarBack, ..sent(1, 4, 9) };
    for lost in [safe, far.clone()] {
        let lost = StepState::Sent(lost);
        expect(at(Waiting(1), lost.clone()), Event::SetAside, uncertain(), None, &[Save, Track(1)]);
        expect(at(uncertain(), lost), Event::Close, Closed, None, &[Forget]);
    }
    // it stays aside, and is found when it can be
    let aside = at(uncertain(), StepState::Sent(far));
    expect(aside.clone(), Event::Seen(1, News::TooFarBack), uncertain(), None, &[Track(1)]);
    let done = Some(StepState::Confirmed(outcome(9)));
    expect(aside, Event::Seen(1, News::Mined(outcome(9))), Checking(2), done, &[Check(2), Save]);
    // what can be looked for is waited for
    ignored(at(Waiting(1), StepState::Sent(sent(1, 4, 9))), Event::SetAside);
    ignored(at(Asking(1), asked(4, false)), Event::SetAside);
}

/// A proposal with this number, for which `by` was named.
fn carried_out(by: u64) -> StepState {
    StepState::Sent(Sent { by_contract: true, proposal: Some(hash(9)), hash: hash(by), ..sent(1, 4, 9) })
}

#[test]
fn a_proposal_whose_execution_is_gone_waits_again() {
    let uncertain = || Paused(1, Pause::Uncertain);
    let undone = || Event::Seen(1, News::Undone);
    let again = || Some(carried_out(9));
    expect(at(Waiting(1), carried_out(10)), undone(), Waiting(1), again(), &[Save, Track(1)]);
    // whoever does not want to wait is not made to
    expect(at(uncertain(), carried_out(10)), undone(), uncertain(), again(), &[Save, Track(1)]);
    let pending = Event::Seen(1, News::Pending { nonce: 4 });
    expect(at(uncertain(), carried_out(10)), pending, uncertain(), None, &[Track(1)]);
    // and another transaction may carry it out
    let other = Some(carried_out(11));
    let named = Event::Seen(1, News::SpedUp(hash(11)));
    expect(at(uncertain(), carried_out(9)), named, Waiting(1), other, &[Save, Track(1)]);
    // what was no proposal has none to go back to
    let plain = StepState::Sent(sent(1, 4, 9));
    expect(at(Waiting(1), plain), undone(), Waiting(1), None, &[Track(1)]);
}

#[test]
fn what_a_contract_account_says_it_did_is_never_said_not_to_be_done() {
    let unproven = || Paused(1, Pause::Unproven { by: hash(10) });
    let seen = || Event::Seen(1, News::Unproven(hash(10)));
    for phase in [Waiting(1), Paused(1, Pause::Uncertain)] {
        expect(at(phase, carried_out(10)), seen(), unproven(), None, &[Save, Track(1)]);
    }
    let run = at(unproven(), carried_out(10));
    assert!(run.may_happen_twice(1), "who tries again is warned");
    expect(run.clone(), seen(), unproven(), None, &[Track(1)]);
    // it is judged again, and can be put away
    let done = Some(StepState::Confirmed(outcome(10)));
    let mined = Event::Seen(1, News::Mined(outcome(10)));
    expect(run.clone(), mined, Checking(2), done, &[Check(2), Save]);
    expect(run.clone(), Event::Again, Checking(1), None, &[Check(1), Save]);
    expect(run.clone(), Event::Seen(1, News::Undone), Waiting(1), Some(carried_out(9)), &[Save, Track(1)]);
    expect(run, Event::Close, Closed, None, &[Forget]);
}

#[test]
fn after_a_step_comes_the_next_one_unless_somebody_wants_to_stop() {
    let waits = || StepState::Sent(sent(1, 4, 9));
    let mined = || Event::Seen(1, News::Mined(outcome(9)));
    let done = || Some(StepState::Confirmed(outcome(9)));
    let stopping = Run { stop_after: true, ..at(Waiting(1), waits()) };
    expect(stopping, mined(), Paused(2, Pause::Stopped), done(), &[Save]);
    let restored = Run { reviewed: false, ..at(Waiting(1), waits()) };
    expect(restored, mined(), Paused(2, Pause::Reloaded), done(), &[Save]);
    let last = Run { phase: Waiting(1), steps: vec![confirmed(), waits()], reviewed: true, ..run(2) };
    expect(last.clone(), mined(), Done, done(), &[Save]);
    // behind the last step there is nothing to stop before
    let mut stopping = last;
    stopping.next(Event::Stop);
    assert!(!stopping.stop_after);
}

#[test]
fn while_the_person_decides() {
    for pause in [
        Pause::Refused(refusal()),
        Pause::Wallet(WalletError::Rejected),
        Pause::Reverted,
        Pause::Cancelled { by: hash(1) },
        Pause::Replaced { by: None },
        Pause::Unclear(WalletError::Disconnected),
        Pause::Dropped { nonce: 4, again_from: 550, again: true },
        Pause::Stopped,
        Pause::Reloaded,
        Pause::Uncertain,
        Pause::Unproven { by: hash(1) },
    ] {
        let run = || at(Paused(1, pause.clone()), StepState::Planned);
        expect(run(), Event::Again, Checking(1), None, &[Check(1), Save]);
        expect(Run { reviewed: false, ..run() }, Event::Again, Simulating(1), None, &[Simulate(1)]);
        expect(run(), Event::Close, Closed, None, &[Forget]);
        let mut going_on = Run { stop_after: true, ..run() };
        going_on.next(Event::Again);
        assert!(!going_on.stop_after, "who goes on does not want to stop any more");
        for event in [
            Event::Confirm,
            Event::Stop,
            Event::Checked(1, Ok(checked(4, 4))),
            Event::SessionChanged(refusal()),
        ] {
            ignored(run(), event);
        }
        ignored(run(), Event::Found(1, Some(sent(1, 4, 9))));
    }
    let uncertain = || at(Paused(1, Pause::Uncertain), asked(4, false));
    let found = StepState::Sent(sent(1, 4, 9));
    expect(uncertain(), Event::Found(1, Some(sent(1, 4, 9))), Waiting(1), Some(found), &[Save, Track(1)]);
    expect(uncertain(), Event::Found(1, None), Paused(1, Pause::Uncertain), None, &[FindLost(1)]);
    ignored(uncertain(), Event::Found(2, None));
}

#[test]
fn a_run_that_another_tab_carried_on_is_taken_over() {
    let further = Run {
        phase: Waiting(2),
        steps: vec![confirmed(), confirmed(), StepState::Sent(sent(2, 5, 10))],
        ..run(3)
    };
    for phase in [Checking(1), Paused(1, Pause::Reloaded)] {
        let mut mine = at(phase, StepState::Planned);
        assert_eq!(mine.next(Event::Adopt(Box::new(further.clone()))), [Track(2)]);
        assert_eq!((&mine.phase, &mine.steps, mine.reviewed), (&Waiting(2), &further.steps, false));
    }
    let other = Run { run_id: 8, ..further.clone() };
    ignored(at(Checking(1), StepState::Planned), Event::Adopt(Box::new(other)));
    ignored(at(Asking(1), asked(4, false)), Event::Adopt(Box::new(further)));
}

#[test]
fn after_a_reload() {
    let reloaded = || Paused(1, Pause::Reloaded);
    let searches = |phase: Phase| (phase.clone(), phase, vec![FindLost(1)]);
    for (before, after, commands) in [
        (Simulating(1), reloaded(), vec![FindLost(1)]),
        (Blocked(1, refusal()), reloaded(), vec![FindLost(1)]),
        (Review(1), reloaded(), vec![FindLost(1)]),
        (Checking(1), reloaded(), vec![Save, FindLost(1)]),
        (Asking(1), Paused(1, Pause::Uncertain), vec![FindLost(1), Save]),
        (Waiting(1), Waiting(1), vec![Track(1)]),
        (Paused(1, Pause::Uncertain), Paused(1, Pause::Uncertain), vec![FindLost(1)]),
        searches(Paused(1, Pause::Refused(Refusal::Elsewhere))),
        searches(Paused(1, Pause::Unclear(WalletError::Disconnected))),
        (Done, Done, vec![]),
    ] {
        let (run, given) = at(before.clone(), asked(4, false)).restored();
        assert_eq!((&run.phase, given), (&after, commands), "{before:?}");
        assert!(!run.reviewed && run.simulated == [None, None, None], "{before:?}");
    }
    // whatever may be on its way is looked for, and nothing else
    for (step, commands) in [
        (StepState::Planned, vec![]),
        (StepState::Sent(sent(1, 4, 9)), vec![Track(1)]),
        (asked(4, true), vec![FindLost(1)]),
    ] {
        let paused = Paused(1, Pause::Refused(Refusal::Elsewhere));
        assert_eq!(at(paused, step).restored().1, commands);
    }
}

#[test]
fn what_is_put_away_stays_away() {
    let mut run = at(Done, confirmed());
    assert_eq!((run.next(Event::Close), &run.phase), (vec![Forget], &Closed));
    for event in
        [Event::Again, Event::Confirm, Event::Refresh, Event::Close, Event::Found(1, Some(sent(1, 4, 9)))]
    {
        ignored(run.clone(), event);
    }
    for event in [Event::Again, Event::Confirm, Event::Refresh, Event::Stop] {
        ignored(at(Done, confirmed()), event);
    }
}

#[test]
fn the_state_of_a_run_can_be_told() {
    let run = at(Waiting(1), StepState::Sent(sent(1, 4, 9)));
    assert!(run.in_flight() && run.started());
    assert_eq!(run.confirmed(), 1);
    let fresh = Run::new(1, run.plan);
    assert!(!fresh.in_flight() && !fresh.started());
    assert_eq!((&fresh.phase, fresh.confirmed()), (&Simulating(0), 0));
}
