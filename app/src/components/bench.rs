use agent_memory::{
    Threshold,
    evaluation::{Setting, figures},
    ranking::Ranking,
};
use leptos::{ev::Event, prelude::*, server_fn::ServerFn, wasm_bindgen::JsCast, web_sys::Element};

use super::{At, PostForm, WriteError, flag, text, when};
use crate::{
    address::{Address, changed, setting_of, setting_word},
    api::Judge,
    page::{Page, Write},
    view::{
        axis::place,
        bench::{case_of, figures_markup},
        distance::threshold_value,
    },
};

/// The way to the bench.
#[component]
pub(crate) fn BenchLink(
    /// The page.
    page: Page,
) -> impl IntoView {
    let there = text(move || {
        let here = page.here();
        Address { bench: Some(here.bench.unwrap_or_default()), ..here }.href()
    });
    view! { <a class="button button--small" id="bench-open" href=there>"Bench"</a> }
}

/// Where a recall is tuned on judged queries, where that is open.
#[component]
pub(crate) fn Bench(
    /// The page.
    page: Page,
) -> impl IntoView {
    when(
        move || page.navigation.address.with(|here| here.bench.is_some()),
        move || view! { <OpenBench page /> },
    )
}

/// The weights of a hybrid ranking, as field and label.
const WEIGHTS: [(&str, &str); 3] =
    [("vector", "Weight of vector"), ("text", "Weight of words"), ("around", "Weight of neighbours")];

#[component]
fn OpenBench(
    /// The page.
    page: Page,
) -> impl IntoView {
    // The setting as a word while something is moved, and until the address says it. A signal of settings would be another type.
    let moved = RwSignal::new(String::new());
    let setting = move || {
        let settled = page.navigation.address.with(|here| here.bench).unwrap_or_default();
        let word = moved.get();
        let setting = if word.is_empty() { settled } else { setting_of(&word) };
        Setting { threshold: page.threshold.get(), ..setting }
    };
    // Nothing is asked of anybody: the cases are here.
    let told = text(move || {
        let setting = setting();
        page.bench.with(|(cases, ..)| {
            let told = cases.iter().map(|numbers| figures(&[case_of(numbers)], &setting)).sum();
            figures_markup(&told, setting.k)
        })
    });
    let choose = move |input: Event| {
        let Some(field) = named(&input) else { return };
        let setting = changed(untrack(setting), &field, &event_target_value(&input));
        if field == "threshold" {
            page.move_threshold(setting.threshold);
        } else {
            moved.set(setting_word(&setting, false));
        }
    };
    let settle = move |change: Event| {
        if named(&change).is_some_and(|field| field == "threshold") {
            page.settle_threshold();
        } else {
            // Its threshold is that of the page.
            let bench = Some(Setting { threshold: Threshold::DEFAULT_RECALL, ..untrack(setting) });
            page.navigation.settle(Address { bench, ..page.here_untracked() });
            moved.set(String::new());
        }
    };
    let compare = text(move || Address { against: Some(setting()), ..page.here() }.href());
    let closed = text(move || Address { bench: None, against: None, ..page.here() }.href());
    let (histogram, markup) = (
        text(move || page.bench.with(|seen| seen.2.clone())),
        text(move || page.bench.with(|seen| seen.3.clone())),
    );
    let line = text(move || place(setting().threshold.distance()));
    let threshold = text(move || threshold_value(setting().threshold));
    let k = text(move || setting().k);
    let is_distance = flag(move || setting().ranking == Ranking::Distance);
    let weights = WEIGHTS.into_iter().enumerate().map(|(at, (name, label))| {
        let value = text(move || {
            let weights = setting().weights;
            [weights.vector, weights.text, weights.around][at]
        });
        view! {
            <label class="bench__field">
                <span class="field__label">{label} " " {value}</span>
                <input type="range" name=name min="0" max="3" step="0.1" value=value prop:value=value />
            </label>
        }
    });
    view! {
        <section class="panel bench" id="bench" aria-labelledby="bench-heading" tabindex="-1">
            <div class="panel__head">
                <h2 class="panel__heading" id="bench-heading">"Bench"</h2>
                <div class="panel__aside">
                    <a class="button button--small" href=compare>"Compare with this"</a>
                    <a class="button button--small" href=closed>"Close"</a>
                </div>
            </div>
            <div class="panel__body">
                <form
                    class="bench__setting"
                    method="get"
                    action="/"
                    autocomplete="off"
                    on:submit=move |submit| submit.prevent_default()
                    on:input=choose
                    on:change=settle
                >
                    <At page />
                    <label class="bench__field bench__field--wide">
                        <span class="field__label">"Threshold " {threshold}</span>
                        <input
                            type="range"
                            name="threshold"
                            min="0"
                            max="2"
                            step="0.01"
                            value=threshold
                            prop:value=threshold
                        />
                    </label>
                    <label class="bench__field">
                        <span class="field__label">"Rows at most (k)"</span>
                        <input class="field__input" type="number" name="k" min="1" max="50" value=k prop:value=k />
                    </label>
                    <label class="bench__field">
                        <span class="field__label">"Ranking"</span>
                        <select class="field__input" name="ranking">
                            <option value="hybrid" selected=flag(move || !is_distance.get())>"hybrid"</option>
                            <option value="distance" selected=is_distance>"distance"</option>
                        </select>
                    </label>
                    {weights.collect_view()}
                    <button class="button button--small needs-no-script" type="submit">"Apply"</button>
                </form>
                <output class="bench__figures bench__figures--now" inner_html=told></output>
                <div class="bench__histogram">
                    <div inner_html=histogram></div>
                    <svg class="bench__line" aria-hidden="true">
                        <line class="bench__threshold" x1=line x2=line y1="0" y2="70" />
                    </svg>
                </div>
                <WriteError action=page.writes.judge />
                <JudgeForm page>
                    <div inner_html=markup></div>
                </JudgeForm>
            </div>
        </section>
    }
}

/// The name of the field that an event is about.
fn named(event: &Event) -> Option<String> {
    event.target()?.dyn_into::<Element>().ok()?.get_attribute("name")
}

/// A form around buttons that say what to judge.
#[component]
pub(crate) fn JudgeForm(
    /// The page.
    page: Page,
    /// What is judged.
    children: Children,
) -> impl IntoView {
    let action = page.writes.judge;
    let send = move |submit: leptos::ev::SubmitEvent| {
        let pressed = submit.submitter().and_then(|button| button.get_attribute("value"));
        if let Some(deed) = pressed.filter(|_| !action.pending().get_untracked()) {
            action.dispatch(Write::Judge { at: page.here_untracked().query(), deed });
        }
    };
    view! { <PostForm page url=Judge::PATH send>{children()}</PostForm> }
}

/// Two buttons that say what somebody thinks of a memory as an answer to what was asked; pressed again, they take it back.
#[component]
pub(crate) fn JudgeButtons(
    /// The page.
    page: Page,
    /// The memory.
    id: String,
) -> impl IntoView {
    let buttons = [("good", "Good"), ("bad", "Bad")].map(|(word, label)| {
        let deed = format!("{word} {id}");
        let (own, none) = (deed.clone(), format!("none {id}"));
        let is_said = Memo::new(move |_| page.bench.with(|(_, judged, ..)| judged.contains(&own)));
        view! {
            <button
                class="button button--small candidate__judge"
                type="submit"
                name="deed"
                value=text(move || if is_said.get() { none.clone() } else { deed.clone() })
                aria-pressed=text(move || is_said.get())
            >
                {label}
            </button>
        }
    });
    view! { <span class="candidate__judgement" role="group" aria-label="As an answer">{buttons.collect_view()}</span> }
}
