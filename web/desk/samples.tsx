// Closed reviews read again by a second person: what was told, and two digits for what they would have decided.
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { type Again, type Priority, readAgain, type Sample, type SamplePage } from "./api";
import { Choices } from "./choices";
import { signOf, useKeys } from "./keys";
import { useListed } from "./polled-list";
import { own } from "./own-settings";
import { refusal } from "./refusals";
import { Reports } from "./reports";
import type { RoomProps } from "./room-props";
import { secondsUntil, span, useTick } from "./times";
import { decideSoon, undecided } from "./pending-decisions";
import { category, number, t, words } from "./words";

const PATH = "/v1/desk/samples?limit=3";
const EVERY_SECONDS = 30;
const PRIORITIES: readonly Priority[] = ["immediate", "urgent", "standard", "information"];
const REASONS = ["not_an_offence", "no_exploitable_facts", "duplicate", "out_of_scope"] as const;

const categories = (): string[] => Object.keys(words.categories);
/** As at a review: ten digits, or nine and 0 for the others. */
const direct = (): number => (categories().length > 10 ? 9 : 10);

/** What is open: nothing, the rarer categories, the reasons, or the priority for a category. */
type Mode = { readonly is: "" | "others" | "reject" } | { readonly is: "priority"; readonly of: string };
const NOTHING: Mode = { is: "" };

let ahead: readonly Sample[] = [];
const answered = new Set<string>();

/** What is in front stays there; behind it the list is as the service has it now. */
function refreshed(read: readonly Sample[]): void {
  const first = ahead[0];
  const fresh = read.filter((each) => !answered.has(each.sample) && each.sample !== first?.sample);
  ahead = first ? [first, ...fresh] : fresh;
}

export function Samples({ home }: RoomProps): JSX.Element {
  const [, draw] = useState(0);
  const redraw = (): void => draw((n) => n + 1);
  const [mode, setMode] = useState<Mode>(NOTHING);
  const [uncovered, setUncovered] = useState("");
  const { list, wrong, read } = useListed<SamplePage>(PATH, EVERY_SECONDS);
  const heading = useRef<HTMLHeadingElement>(null);
  useTick(60_000);
  useEffect(() => {
    if (!list) return;
    refreshed(list.samples);
    redraw();
  }, [list]);

  const sample = ahead[0];
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
    scrollTo(0, 0);
  }, [sample?.sample]);
  const hasCover = sample !== undefined && (sample.severe || own.coverMore);
  const covered = hasCover && uncovered !== sample.sample;
  const turn = (): void => setUncovered(covered ? (sample?.sample ?? "") : "");

  const say = (body: Again): void => {
    if (!sample) return;
    answered.add(sample.sample);
    ahead = ahead.slice(1);
    setMode(NOTHING);
    decideSoon({
      id: sample.sample,
      outcome: "again",
      asked: (key) => readAgain(body, key),
      back: () => {
        answered.delete(sample.sample);
        ahead = [sample, ...ahead.filter((each) => each.sample !== sample.sample)];
        location.hash = "samples";
        redraw();
      },
    });
    if (ahead.length < 2) read();
  };

  const choose = (place: number): void => {
    const id = categories()[place];
    if (id && place < direct()) setMode({ is: "priority", of: id });
    else if (id) setMode({ is: "others" });
  };
  const chooseOther = (place: number): void => {
    const id = categories()[direct() + place];
    if (id) setMode({ is: "priority", of: id });
  };
  const weigh = (place: number): void => {
    const priority = PRIORITIES[place];
    if (sample && priority && mode.is === "priority") say({ sample: sample.sample, outcome: "confirm", category: mode.of, priority });
  };
  const reject = (place: number): void => {
    const reason = REASONS[place];
    if (sample && reason) say({ sample: sample.sample, outcome: "reject", reason });
  };
  const digits = { "": choose, others: chooseOther, priority: weigh, reject };

  useKeys((act, digit) => {
    if (act === "leave") mode.is ? setMode(NOTHING) : home();
    else if (act === "uncover" && hasCover) turn();
    else if (!sample || covered) return false;
    else if (act === "reject") setMode({ is: "reject" });
    else if (digit !== undefined) digits[mode.is]((digit + 9) % 10);
    else return false;
    return true;
  });

  const leave = (): void => setMode(NOTHING);
  return (
    <main class="glance" id="main" aria-busy={!list && !wrong}>
      <header class="about">
        <h1 class="page-title" tabIndex={-1} ref={heading}>{t("room_samples")}</h1>
        {sample ? <About sample={sample} /> : null}
      </header>
      {wrong ? <p role="alert">{refusal(wrong)} <button type="button" class="link" onClick={read}>{t("retry")}</button></p> : null}
      {sample ? (
        <>
          {covered ? (
            <div class="covered">
              <p><b>{t("covered")}</b></p>
              <p><button type="button" class="button quiet" onClick={turn}>{t("uncover")} <kbd>{signOf("uncover")}</kbd></button></p>
            </div>
          ) : (
            <Reports view={{ reports: sample.reports }} acts={[]} act={() => undefined} />
          )}
          <footer class="deciding">
            {covered ? <p class="hint"><b>{t("uncover_first")}</b> <kbd>{signOf("uncover")}</kbd></p> : null}
            {mode.is === "others" ? <Choices title={t("category")} names={categories().slice(direct()).map(category)} choose={chooseOther} leave={leave} /> : null}
            {mode.is === "priority" ? <Choices title={`${category(mode.of)} · ${t("priority")}`} names={PRIORITIES.map((each) => t(`priority_${each}`))} choose={weigh} leave={leave} /> : null}
            {mode.is === "reject" ? <Choices title={t("reject_why")} names={REASONS.map((each) => t(`reject_${each}`))} choose={reject} leave={leave} /> : null}
            {mode.is || covered ? null : (
              <div class="acts">
                {categories().slice(0, direct()).map((id, place) => (
                  <button type="button" class="button quiet" key={id} onClick={() => choose(place)}>{category(id)} <kbd>{number((place + 1) % 10)}</kbd></button>
                ))}
                {categories().length > direct() ? <button type="button" class="button quiet" onClick={() => setMode({ is: "others" })}>{t("other_categories")} <kbd>0</kbd></button> : null}
                <button type="button" class="button quiet" onClick={() => setMode({ is: "reject" })}>{t("reject")} <kbd>{signOf("reject")}</kbd></button>
              </div>
            )}
          </footer>
        </>
      ) : list && !wrong ? (
        <p role="status" class="inset">{t(undecided().length ? "glance_sending" : "samples_none")}</p>
      ) : wrong ? null : (
        <p role="status" class="late">{t("wait")}</p>
      )}
    </main>
  );
}

function About({ sample }: { sample: Sample }): JSX.Element {
  const left = secondsUntil(sample.due);
  return (
    <p class="facts-line">
      <span>{t("samples_blind")}</span>
      <time class={left > 0 ? "clock" : "late-clock"} dateTime={sample.due}>
        {left > 0 ? t("due_in", { time: span(left) }) : t("late_by", { time: span(-left) })}
      </time>
    </p>
  );
}
