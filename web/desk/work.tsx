// The work page: take the next case, how much waits, and what one holds.
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { call, type CaseLine, giveBack, type Person, type Priority, type QueuePage } from "./api";
import { useAsking } from "./latest-request";
import { refusal } from "./refusals";
import { Tile, Tiles } from "./ui/tile";
import { Code } from "./untrusted-text";
import { signOf } from "./keys";
import { later } from "./lazy-parts";
import { secondsUntil, span, useTick } from "./times";
import { undecided, useTaken } from "./pending-decisions";
import { GlancesWait } from "./backlog-links";
import { PriorityMark } from "./ui/priority-mark";
import { category, number, t } from "./words";

const Inbox = later("inbox", () => import("./inbox").then((part) => part.Inbox));
const Askings = later("askings", () => import("./askings").then((part) => part.Askings));
const PRIORITIES: readonly Priority[] = ["immediate", "urgent", "standard", "information"];

interface WorkProps {
  readonly person: Person;
  /** Nothing was left to take. */
  readonly empty: boolean;
  /** An act that took the case elsewhere, in words. */
  readonly told: string | undefined;
  readonly skipped: number;
  readonly next: () => void;
  /** Take what was skipped, too. */
  readonly again: () => void;
  readonly open: (id: string) => void;
}

export function Work({ person, empty, told, skipped, next, again, open }: WorkProps): JSX.Element {
  const [queue, setQueue] = useState<QueuePage>();
  const [wrong, setWrong] = useState("");
  useTick(15_000);
  const ask = useAsking();
  const load = (): void =>
    ask(
      call<QueuePage>({ method: "GET", path: "/v1/desk/queue?as=brief&with=mine" }),
      ({ body }) => {
        setWrong("");
        setQueue(body);
      },
      setWrong,
    );
  const officer = person.role === "officer";
  const heading = useRef<HTMLHeadingElement>(null);
  const taken = useTaken();
  useEffect(load, [taken]);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  return (
    <main class={officer ? "work day unit" : "work day"} id="main" aria-busy={!queue && !wrong}>
      <h1 class="page-title" tabIndex={-1} ref={heading}>{t("work")}</h1>
      {told ? <p role="status" class="inset"><b>{told}</b> · {t("entered")}</p> : null}
      {empty && (queue || wrong || skipped) ? (
        <p role="status" class="inset">
          {skipped ? t("nothing_but_skipped") : noneFree(queue, person)}{" "}
          {skipped ? <button type="button" class="link" onClick={again}>{t("take_skipped")}</button> : null}
        </p>
      ) : null}
      {wrong ? (
        <p role="alert">
          {refusal(wrong)} <button type="button" class="link" onClick={load}>{t("retry")}</button>
        </p>
      ) : null}
      {!queue && !wrong ? <p role="status" class="late">{t("wait")}</p> : null}
      {officer ? <UnitDesk person={person} taken={taken} next={next} open={open} /> : null}
      {officer ? null : (
        <div class="day-head">
          <p class="take">
            <button type="button" class="button" onClick={next}>
              {t("take_next")} <kbd>{signOf("next")}</kbd>
            </button>
          </p>
          {queue ? <Waiting queue={queue} /> : null}
        </div>
      )}
      {officer ? null : <GlancesWait />}
      {queue?.mine?.length ? <Mine cases={queue.mine} open={open} changed={load} /> : null}
      <Inbox open={open} />
      {person.role === "prosecutor" ? null : <Askings open={open} />}
      {officer || !queue?.brief?.length ? null : <WaitingLines person={person} taken={taken} open={open} />}
      <Lately open={open} />
    </main>
  );
}

/** Why there is nothing to take: nothing waits, or what waits is not for its reader now. */
function noneFree(queue: QueuePage | undefined, person: Person): string {
  const leaving = undecided();
  const waits = (queue?.brief ?? []).filter(({ id }) => !leaving.includes(id));
  const others = waits.filter(({ hold }) => hold && hold.by !== person.subject && secondsUntil(hold.until) > 0);
  if (others.length) return t("nothing_but_held", { n: number(others.length) });
  return t(waits.length ? "nothing_for_you" : "nothing_waits");
}

const UnitDesk = later("unit-office-bundle", () => import("./unit-office-bundle").then((part) => part.UnitDesk));
const WaitingLines = later("waiting-lines", () => import("./waiting-lines").then((part) => part.WaitingLines));
const Decisions = later("my-decisions", () => import("./my-decisions").then((part) => part.Decisions));

/** What I decided lately, asked for when somebody wants to see it. */
function Lately({ open }: { open: (id: string) => void }): JSX.Element {
  const [shown, show] = useState(false);
  return (
    <details onToggle={(event) => show(event.currentTarget.open)}>
      <summary>{t("decided_lately")}</summary>
      {shown ? <Decisions of="me" open={open} /> : null}
    </details>
  );
}

/** How many wait of each priority, and since when the first of them. */
function Waiting({ queue }: { queue: QueuePage }): JSX.Element {
  const { cursor } = queue;
  const cases = queue.brief ?? [];
  // The queue comes most urgent first: only the last priority of a page goes on behind it.
  const last = cursor ? PRIORITIES.findIndex((each) => each === cases.at(-1)?.priority) : PRIORITIES.length;
  return (
    <Tiles name={t("waiting")}>
      {PRIORITIES.map((priority, place) => {
        const those = cases.filter((each) => each.priority === priority);
        const oldest = those.map((each) => each.opened_at).sort()[0];
        return (
          <Tile
            key={priority}
            figure={place > last ? "…" : number(those.length) + (place === last ? "+" : "")}
            label={t(`priority_${priority}`)}
            {...(oldest ? { more: t("waiting_oldest", { time: span(-secondsUntil(oldest)) }) } : {})}
          />
        );
      })}
    </Tiles>
  );
}

function Mine({ cases, open, changed }: { cases: readonly CaseLine[]; open: (id: string) => void; changed: () => void }): JSX.Element {
  return (
    <section>
      <h2>{t("mine")}</h2>
      <ul class="mine">
        {cases.map((each) => (
          <li key={each.id}>
            <PriorityMark priority={each.priority} is={each.danger?.kind === "stated" ? "said" : undefined}>{t(`priority_${each.priority}`)}</PriorityMark>
            <button type="button" class="link" onClick={() => open(each.id)}><Code text={each.id} /></button>
            {each.number ? <Code text={each.number} /> : null}
            <span>{category(each.category)}</span>
            <span class="hint">{t("held_for", { time: span(secondsUntil(each.hold?.until ?? "")) })}</span>
            <button type="button" class="link" onClick={() => void giveBack(each.id).then(changed, changed)}>{t("give_back")}</button>
          </li>
        ))}
      </ul>
    </section>
  );
}
