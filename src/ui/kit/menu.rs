use leptos::{ev, html, prelude::*};

use crate::platform::dom;

/// A button with something that opens below it; a press elsewhere or Escape closes it.
#[component]
pub(crate) fn Menu(
    /// Distinguishes it from other menus of the page.
    name: &'static str,
    /// Name of the button and of what opens.
    #[prop(into)]
    label: Signal<String>,
    /// What is in the button.
    #[prop(into)]
    button: ViewFnOnce,
    #[prop(default = "btn quiet")] class: &'static str,
    /// Whether the right edges align.
    #[prop(optional)]
    right: bool,
    /// What opens.
    children: ChildrenFn,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let trigger = NodeRef::<html::Button>::new();
    let id = format!("menu-{name}");
    let own = format!("#{id}");
    let outside = window_event_listener(ev::pointerdown, move |event| {
        if !dom::happened_in(&event, &own) {
            open.set(false);
        }
    });
    on_cleanup(move || outside.remove());
    let escape = move |event: ev::KeyboardEvent| {
        if event.key() == "Escape" && open.get_untracked() {
            open.set(false);
            if let Some(button) = trigger.get_untracked() {
                // an element in the page can be focused
                button.focus().ok();
            }
        }
    };
    view! {
        <div class="menuwrap" id=id on:keydown=escape>
            <button
                type="button"
                class=class
                node_ref=trigger
                aria-label=label
                aria-haspopup="true"
                aria-expanded=move || open.get().to_string()
                on:click=move |_| open.update(|open| *open = !*open)
            >
                {button.run()}
            </button>
            <Show when=move || open.get()>
                <div
                    class="pop menupop"
                    class:right=right
                    role="group"
                    aria-label=label
                    on:click=move |event| {
                        // a choice closes the menu; text in it may be selected
                        if dom::happened_in(&event, "a, [data-closes]") {
                            open.set(false);
                        }
                    }
                >
                    {children()}
                </div>
            </Show>
        </div>
    }
}
