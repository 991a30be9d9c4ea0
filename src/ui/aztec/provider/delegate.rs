use leptos::prelude::*;

use super::{
    Desk,
    act::act,
    effects::{gets, gives_up, terms},
    form::{Form, Target},
    lots::lots,
    vault,
};
use crate::{
    ui::kit::{Field, Kind, addr, field, live, ticked},
    units,
};

/// The panel that makes a delegation out of a few choices.
pub(super) fn delegate(desk: Desk) -> AnyView {
    let form = Form::new(desk);
    let plan = Memo::new(move |_| form.plan());
    let cost = desk.cx.scope.cost(move || plan.with(|plan| plan.as_ref().ok().cloned()));
    let title = move || format!("Delegate to {}", desk.cx.scope.label(desk.provider_id));
    view! {
        <section class="panel deleg" aria-labelledby="deleg-title">
            <header><h2 id="deleg-title">{live(move || title().into_any())}</h2></header>
            <div class="body stack loose">
                {live(move || vault::source(form))}
                {live(move || lots(form))}
                {live(move || vault::returns(form).unwrap_or_else(|| target(form, form.withdrawer)))}
                {live(move || target(form, form.rewards))}
                {live(move || follow(form))}
                <hr/>
                {live(move || gets(form))}
                {live(move || gives_up(desk))}
                {live(move || terms(form, plan, cost))}
                {live(move || act(desk.cx, plan))}
            </div>
        </section>
    }
    .into_any()
}

/// This account, or another address.
fn target(form: Form, target: Target) -> AnyView {
    let own = target.own.get();
    let choose = |to: bool| ticked(move |_| target.own.set(to));
    let account = match form.rewarded() {
        Some(account) => addr(account, None),
        None => "the one you connect".into_any(),
    };
    let other = (!own).then(|| {
        let error = units::address(&target.other.get()).err().map(|error| error.to_string());
        let kind = Kind::Code("0x…");
        field(Field { label: target.label, text: target.other, error, hint: String::new(), kind })
    });
    view! {
        <fieldset class="field">
            <legend class="label">{target.title}</legend>
            <label class="choice">
                <input type="radio" name=target.label prop:checked=own on:change=choose(true)/>
                {if form.source.get().is_some() { "The vault’s beneficiary" } else { "This account" }}
                <small>{account}</small>
            </label>
            <label class="choice">
                <input type="radio" name=target.label prop:checked=!own on:change=choose(false)/>
                "Another address"
                <small>{target.hint}</small>
            </label>
            {other}
        </fieldset>
    }
    .into_any()
}

fn follow(form: Form) -> AnyView {
    let can = form.can_follow();
    let said = match can {
        Some(true) => {
            "Stake moves to the next rollup when governance adopts one. Without it, it stays on this rollup: to move later you must exit and wait in the queue again."
        }
        Some(false) => {
            "Not possible now: governance is in the middle of an upgrade. Stake made now can only stay on this rollup."
        }
        None => "Whether this is possible now was not read.",
    };
    view! {
        <label class="choice bare">
            <input
                type="checkbox"
                prop:checked=form.follows()
                disabled=locked(can, form.follows())
                on:change=ticked(move |on| form.follow.set(Some(on)))
            />
            "Follow rollup upgrades"
            <small>{said}</small>
        </label>
    }
    .into_any()
}

/// Whether the choice to follow cannot be changed: where it is impossible it cannot be made, but it can be taken back.
fn locked(can: Option<bool>, follows: bool) -> bool {
    can != Some(true) && !follows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_to_be_unticked_can_be() {
        for (can, follows, expected) in [
            (Some(true), false, false),
            (Some(true), true, false),
            (Some(false), true, false),
            (None, true, false),
            (Some(false), false, true),
            (None, false, true),
        ] {
            assert_eq!(locked(can, follows), expected, "{can:?} {follows}");
        }
    }
}
