//! A small world of a wallet, pools and blocks around the machine, with a driver that does what the real one does
//! (`src/tx/driver.rs`). Its events come at random: transactions are hidden, dropped, sped up, overtaken; pages are
//! closed while the wallet is open; wallets refuse. Whatever happens, no step is ever mined twice, and nothing is said
//! to be done that is not.

use std::collections::BTreeMap;

use proptest::{collection::vec, prelude::*};
use rota::tx::{
    Explanation, WalletError,
    machine::{Command, Event, News, Phase, Run, StepState},
    track::{Lost, Sent, Trace},
};

use super::{FROM, call, checked, hash, outcome, refusal, rehearsal, rules::Watch, run};

/// What a transaction does.
#[derive(Clone, Copy, Debug, PartialEq)]
enum What {
    Step(usize),
    Nothing,
    Other,
}

#[derive(Clone, Debug)]
struct Tx {
    number: u64,
    nonce: u64,
    what: What,
    /// Whether endpoints show it. Private relays do not.
    shown: bool,
}

#[derive(Clone, Debug)]
struct Mined {
    tx: Tx,
    reverted: bool,
}

struct World {
    steps: usize,
    run: Run,
    watch: Watch,
    /// By nonce.
    mined: Vec<Mined>,
    waiting: Vec<Tx>,
    /// What the machine commanded and nobody has done yet.
    tasks: Vec<Command>,
    /// A wallet that was left open by a page that is gone.
    left_open: Option<(usize, Option<u64>)>,
    next: u64,
    /// Grows with every deed, so that what is lost may be sent again after a while.
    clock: u64,
}

impl World {
    fn new(steps: usize) -> Self {
        Self {
            steps,
            run: run(steps),
            watch: Watch::page(),
            mined: Vec::new(),
            waiting: Vec::new(),
            tasks: vec![Command::Simulate(0)],
            left_open: None,
            next: 0,
            clock: 0,
        }
    }

    fn used(&self) -> u64 {
        u64::try_from(self.mined.len()).expect("few")
    }

    fn tell(&mut self, event: Event) {
        let commands = self.watch.send(&mut self.run, event);
        for command in commands {
            match command {
                Command::Save | Command::Forget => {}
                // one look or search at a time, the newest: as the driver does it
                Command::Track(_) | Command::FindLost(_) => {
                    self.tasks.retain(|task| !matches!(task, Command::Track(_) | Command::FindLost(_)));
                    self.tasks.push(command);
                }
                command => self.tasks.push(command),
            }
        }
        self.check();
    }

    fn check(&self) {
        let mut counts = BTreeMap::new();
        for mined in self.mined.iter().filter(|mined| !mined.reverted) {
            if let What::Step(step) = mined.tx.what {
                *counts.entry(step).or_insert(0) += 1;
            }
        }
        assert!(counts.values().all(|count| *count == 1), "a step happened twice: {:?}", self.mined);
        for (step, state) in self.run.steps.iter().enumerate() {
            if let StepState::Confirmed(outcome) = state {
                let real = self.mined.iter().any(|mined| {
                    mined.tx.what == What::Step(step)
                        && !mined.reverted
                        && hash(mined.tx.number) == outcome.hash
                });
                assert!(real, "step {step} is said to be done");
            }
        }
        if self.run.phase == Phase::Done {
            assert_eq!(counts.len(), self.steps, "done");
        }
    }

    /// Where the wallet puts the next transaction.
    fn free(&self) -> u64 {
        self.waiting.iter().map(|tx| tx.nonce + 1).max().unwrap_or(0).max(self.used())
    }

    fn is_where_expected(&self, tx: &Tx) -> bool {
        let What::Step(step) = tx.what else { return false };
        match &self.run.steps[step] {
            StepState::Sent(sent) => sent.nonce == tx.nonce,
            StepState::Asked { nonce, .. } => *nonce == tx.nonce,
            _ => false,
        }
    }

    fn send(&mut self, what: What, nonce: Option<u64>, shown: bool) -> Option<Tx> {
        let nonce = nonce.unwrap_or_else(|| self.free());
        if nonce < self.used() {
            return None;
        }
        self.next += 1;
        let tx = Tx { number: self.next, nonce, what, shown };
        self.waiting.push(tx.clone());
        Some(tx)
    }

    fn mine(&mut self, choice: usize, reverted: bool) {
        let nonce = self.used();
        let ready: Vec<_> = self.waiting.iter().filter(|tx| tx.nonce == nonce).cloned().collect();
        if let Some(tx) = ready.get(choice % ready.len().max(1)) {
            self.mined.push(Mined { tx: tx.clone(), reverted });
            self.waiting.retain(|tx| tx.nonce != nonce);
        }
    }

    fn by_hash(&self, number: u64) -> Option<&Mined> {
        self.mined.iter().find(|mined| mined.tx.number == number)
    }

    /// What `track::look` finds.
    fn look(&self, step: usize, sent: &Sent) -> News {
        let number = sent.hash.0[31].into();
        let judged = |mined: &Mined| {
            if mined.reverted { News::Reverted(outcome(number), None) } else { News::Mined(outcome(number)) }
        };
        if let Some(mined) = self.by_hash(number) {
            return judged(mined);
        }
        let known = self.waiting.iter().find(|tx| tx.number == number && tx.shown);
        let nonce = known.map_or(sent.nonce, |tx| tx.nonce);
        if self.used() <= nonce {
            return if known.is_some() || self.pending() > nonce {
                News::Pending { nonce }
            } else {
                News::Missing { block: 100 + self.clock }
            };
        }
        if self.pending() > self.used() {
            return News::Pending { nonce };
        }
        // blocks are counted like transactions here, see `checked`
        let younger = |mined: &&Mined| mined.tx.nonce + 100 >= sent.since_block;
        if let Some(same) = self.mined.iter().filter(younger).find(|mined| mined.tx.what == What::Step(step))
        {
            return News::SpedUp(hash(same.tx.number));
        }
        let other = &self.mined[usize::try_from(nonce).expect("few")].tx;
        match other.what {
            What::Nothing => News::Cancelled(hash(other.number)),
            _ => News::Replaced(Some(hash(other.number))),
        }
    }

    /// What `track::find_lost` finds.
    fn find(&self, step: usize) -> Lost {
        let StepState::Asked { nonce, used, since_block, .. } = self.run.steps[step] else {
            return Lost::Open;
        };
        let ours = |mined: &&Mined| mined.tx.nonce >= used && mined.tx.what == What::Step(step);
        match self.mined.iter().find(ours) {
            Some(mined) => {
                let hash = hash(mined.tx.number);
                let nonce = mined.tx.nonce;
                let call = call(step);
                Lost::Found(Box::new(Sent {
                    hash,
                    from: FROM,
                    call,
                    nonce,
                    used,
                    since_block,
                    trace: Trace::Shown,
                    by_contract: false,
                    proposal: None,
                }))
            }
            None if self.pending() > self.used() => Lost::Waiting,
            None if self.used() <= nonce => Lost::Open,
            None => Lost::Never,
        }
    }

    /// The account's count of transactions, with those that endpoints show waiting behind them without a gap.
    fn pending(&self) -> u64 {
        let mut next = self.used();
        while self.waiting.iter().any(|tx| tx.shown && tx.nonce == next) {
            next += 1;
        }
        next
    }

    fn check_step(&self, step: usize) -> Event {
        let found = |sent| Event::Found(step, Some(sent));
        let mut checked = checked(self.used(), self.pending());
        match self.run.steps[step].clone() {
            StepState::Sent(sent) => match self.look(step, &sent) {
                News::SpedUp(hash) => return found(Sent { hash, ..sent }),
                News::Pending { .. } | News::Mined(_) | News::Reverted(..) => return found(sent),
                News::Undone | News::Unproven(_) => unreachable!("of a contract account alone"),
                News::Missing { .. } | News::TooFarBack | News::Cancelled(_) | News::Replaced(_) => {
                    // blocks are counted like transactions here, see `checked`
                    let younger = |mined: &&Mined| mined.tx.nonce + 100 >= sent.since_block;
                    if let Some(mined) =
                        self.mined.iter().filter(younger).find(|m| m.tx.what == What::Step(step))
                    {
                        return found(Sent { hash: hash(mined.tx.number), nonce: mined.tx.nonce, ..sent });
                    }
                }
            },
            StepState::Asked { .. } => match self.find(step) {
                Lost::Found(sent) => return found(*sent),
                Lost::Waiting => return Event::MayWait(step),
                Lost::Open | Lost::TooFarBack => {}
                Lost::Never => checked.gone = true,
            },
            StepState::Planned | StepState::Confirmed(_) | StepState::Reverted { .. } => {}
        }
        Event::Checked(step, Ok(checked))
    }

    /// Does one thing that was commanded.
    fn work(&mut self, task: usize, detail: u8) {
        if self.tasks.is_empty() {
            return;
        }
        let command = self.tasks.remove(task % self.tasks.len());
        match command {
            Command::Simulate(_) if detail < 8 => self.tell(Event::Simulated(Err(refusal()))),
            Command::Simulate(first) => self.tell(rehearsal(&self.run.clone(), first)),
            Command::Check(step) if (8..16).contains(&detail) => {
                self.tell(Event::Changed(step, Explanation::new("a", "b")));
            }
            Command::Check(step) if detail < 8 => self.tell(Event::Checked(step, Err(refusal()))),
            Command::Check(step) => self.tell(self.check_step(step)),
            Command::Track(step) => {
                let StepState::Sent(sent) = self.run.steps[step].clone() else { return };
                self.tell(Event::Seen(step, self.look(step, &sent)));
            }
            Command::FindLost(step) => {
                let found = match self.find(step) {
                    Lost::Found(sent) => Some(*sent),
                    Lost::Waiting | Lost::Open | Lost::Never | Lost::TooFarBack => None,
                };
                self.tell(Event::Found(step, found));
            }
            Command::Ask(step, nonce) => self.sign(step, nonce, detail),
            Command::Save | Command::Forget => unreachable!("done at once"),
        }
    }

    fn sign(&mut self, step: usize, nonce: Option<u64>, detail: u8) {
        // a person who answers the new question does not also answer the old one
        self.left_open = None;
        let StepState::Asked { nonce: expected, used, since_block, .. } = self.run.steps[step] else {
            panic!("asked for")
        };
        if detail < 60 {
            return self.tell(Event::Signed(step, Err(WalletError::Rejected)));
        }
        // a wallet that fails after it sent, or before: the page cannot tell
        if detail < 80 {
            if detail.is_multiple_of(2) {
                self.send(What::Step(step), nonce, true);
            }
            return self.tell(Event::Signed(step, Err(WalletError::Disconnected)));
        }
        // where it is hidden and in another place than expected nobody can tell what became of it
        let hidden = detail >= 200 && nonce.unwrap_or_else(|| self.free()) == expected;
        let Some(tx) = self.send(What::Step(step), nonce, !hidden) else {
            return self.tell(Event::Signed(step, Err(WalletError::from_code(-32000, "nonce too low"))));
        };
        let hash = hash(tx.number);
        let sent = Sent {
            hash,
            from: FROM,
            call: call(step),
            nonce: expected,
            used,
            since_block,
            trace: Trace::Shown,
            by_contract: false,
            proposal: None,
        };
        self.tell(Event::Signed(step, Ok(sent)));
    }

    /// The page is loaded again; what it was about to do is forgotten, except what the journal holds.
    fn reload(&mut self, signs_first: bool) {
        let open = self.tasks.iter().find_map(|task| match task {
            Command::Ask(step, nonce) => Some((*step, *nonce)),
            _ => None,
        });
        if let Some((step, nonce)) = open {
            // of two questions only one is answered, see `sign`
            self.left_open = None;
            if signs_first {
                self.send(What::Step(step), nonce, true);
            } else {
                self.left_open = Some((step, nonce));
            }
        }
        let kept: Run =
            serde_json::from_str(&serde_json::to_string(&self.run).expect("JSON")).expect("the same");
        let (run, commands) = kept.restored();
        self.run = run;
        self.watch = Watch::page();
        self.tasks = commands.into_iter().filter(|command| *command != Command::Save).collect();
        self.check();
    }

    fn act(&mut self, (kind, choice, detail): (u8, u8, u8)) {
        let choice = usize::from(choice);
        self.clock += 5;
        match kind % 32 {
            0..=11 => self.work(choice, detail),
            12..=14 => self.mine(choice, detail < 20),
            15 | 16 => self.tell(Event::Confirm),
            17..=19 => self.tell(Event::Again),
            20 => self.tell(Event::Refresh),
            21 => self.tell(Event::Stop),
            22 => self.reload(detail < 128),
            // a person who is asked again answers only one of the two
            23 if !matches!(self.run.phase, Phase::Asking(_)) => {
                if let Some((step, nonce)) = self.left_open.take() {
                    self.send(What::Step(step), nonce, true);
                }
            }
            // the person sends something else, or cancels, at the next place or in the place of what waits
            24 => {
                let what = if detail < 128 { What::Nothing } else { What::Other };
                let nonce = self.waiting.get(choice % self.waiting.len().max(1)).map(|tx| tx.nonce);
                self.send(what, nonce.filter(|_| detail % 2 == 0), true);
            }
            // the wallet speeds one up
            25 => {
                if let Some(tx) = self.waiting.get(choice % self.waiting.len().max(1)).cloned() {
                    self.send(tx.what, Some(tx.nonce), true);
                }
            }
            // what is hidden and not where it is expected nobody can find
            26 | 27 => {
                let place = choice % self.waiting.len().max(1);
                if self.waiting.get(place).is_some_and(|tx| !tx.shown || self.is_where_expected(tx)) {
                    self.waiting[place].shown = !self.waiting[place].shown;
                }
            }
            // dropped for good; the last one, for behind a gap a transaction waits where no endpoint counts it
            28 => {
                let last = self.waiting.iter().map(|tx| tx.nonce).max();
                self.waiting.retain(|tx| Some(tx.nonce) != last);
            }
            29 => self.tell(Event::SessionChanged(refusal())),
            _ => {
                let places = self.tasks.len().max(1);
                self.work(choice % places, 255);
            }
        }
    }

    /// From now on everything goes well. How many deeds that takes.
    fn finish(&mut self) -> Option<usize> {
        for tx in &mut self.waiting {
            tx.shown = true;
        }
        for deeds in 0..200 {
            self.clock += 5;
            match &self.run.phase {
                Phase::Done => return Some(deeds),
                Phase::Review(_) => self.tell(Event::Confirm),
                Phase::Blocked(..) => self.tell(Event::Refresh),
                Phase::Paused(..) if self.tasks.is_empty() || deeds % 3 == 0 => self.tell(Event::Again),
                _ => {}
            }
            self.work(0, 100);
            // the wallet fills a gap that a dropped transaction left
            if !self.waiting.is_empty() && self.waiting.iter().all(|tx| tx.nonce > self.used()) {
                self.send(What::Other, Some(self.used()), true);
            }
            self.mine(0, false);
        }
        None
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_happens_twice_and_everything_can_be_finished(steps in 1usize..4, choices in vec(any::<(u8, u8, u8)>(), 1..150)) {
        let mut world = World::new(steps);
        for choice in choices {
            world.act(choice);
            world.check();
        }
        let phase = world.run.phase.clone();
        prop_assert!(world.finish().is_some(), "stuck: from {:?} to {:?}, {:?}", phase, world.run.phase, world.run.steps);
        world.check();
    }
}
