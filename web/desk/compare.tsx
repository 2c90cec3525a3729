// Cases that look alike, side by side: what each tells, what they share, and what is done with them.
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { type CaseView, kindOf, type Opened as Read, type Person, readCase, type Review } from "./api";
import { mayMark, SameCampaign } from "./campaign";
import { Choices } from "./choices";
import { hasCover, isCovered, isSevere, uncovered } from "./content-cover";
import { Differs } from "./dissimilarities";
import { known } from "./fields";
import { Code, Told } from "./untrusted-text";
import { signOf, useKeys } from "./keys";
import { alikeByPicture, comparable, whyAlike } from "./similar-cases";
import { refusal } from "./refusals";
import { ENDED } from "./statuses";
import { decideTogether, onCase } from "./pending-decisions";
import { when } from "./times";
import { Icon } from "./ui/icon";
import { PriorityMark } from "./ui/priority-mark";
import { category, named, number, said, t, words } from "./words";

/** As many others stand beside a case at once. */
const MOST = 3;
const REASONS = ["not_an_offence", "no_exploitable_facts", "duplicate"] as const;

interface CompareProps {
  readonly opened: Read;
  readonly person: Person;
  /** Cases that somebody chose to stand beside it; none where the system names them. */
  readonly beside: readonly string[];
  readonly decide: (body: Review) => void;
  /** Decisions on others are on their way; what is in front may be one of them. */
  readonly decided: (here: boolean) => void;
  /** The case is being kept apart from another one; whether others are left, and how to offer this one again. */
  readonly keptApart: (other: string, left: boolean, back: () => void) => void;
  readonly leave: () => void;
}

type Side = { readonly id: string; readonly read?: Read; readonly wrong?: string };

type Mode = "" | "reject" | "apart";

export function Compare({ opened, person, beside, decide, decided, keptApart, leave }: CompareProps): JSX.Element {
  const { view } = opened;
  const suggested = comparable(view).filter((id) => !view.apart?.includes(id));
  const near = [...new Set([...beside, ...comparable(view)])].slice(0, beside.length || MOST);
  const [sides, setSides] = useState<readonly Side[]>(near.map((id) => ({ id })));
  // What is decided together leaves out, unless somebody ticks them, cases that people found other facts in, and those
  // that a picture alone speaks for: anybody who has the picture can send reports with it to drown its victim's.
  const [spared, setSpared] = useState<readonly string[]>([...alikeByPicture(view), ...(view.apart ?? [])]);
  const [apart, setApartFrom] = useState<readonly string[]>([]);
  const [mode, setMode] = useState<Mode>("");
  // Which other case is being counted to a campaign with this one, and which were.
  const [naming, setNaming] = useState("");
  const [marked, setMarked] = useState<readonly string[]>([]);
  const [, draw] = useState(0);
  useEffect(() => {
    for (const id of near) {
      const shown = (side: Side): void => setSides((those) => those.map((each) => (each.id === id ? side : each)));
      readCase(id).then(
        (read) => shown({ id, read }),
        (error: unknown) => shown({ id, wrong: kindOf(error) }),
      );
    }
  }, []);
  const there = sides.flatMap(({ read }) => (read ? [read] : []));
  const mergeInto = (place: number): void => {
    const into = sides[place]?.read?.view.id;
    if (into && view.may.includes("merge")) decide({ outcome: "merge", into, ...known(view) });
  };
  const mergeHere = (read: Read): void => {
    decideTogether([onCase(read, { outcome: "merge", into: view.id, ...known(read.view) })]);
    decided(false);
  };
  const takes = (id: string): boolean => !spared.includes(id) && !apart.includes(id);
  const alike = [opened, ...there].filter((each) => canBeRejected(each.view) && takes(each.view.id));
  // A duplicate is one of a case that stays: its reporter is told that the facts are dealt with there.
  const stays = [opened, ...there].some((each) => !alike.includes(each) && !ENDED.includes(each.view.status));
  const reasons = REASONS.filter((each) => stays || each !== "duplicate");
  const reject = (place: number): void => {
    const reason = reasons[place];
    if (!reason) return;
    decideTogether(alike.map((each) => onCase(each, { outcome: "reject", reason, ...known(each.view) })));
    decided(alike.includes(opened));
  };
  const far = view.may.includes("keep_apart") ? sides.filter(({ id }) => suggested.includes(id) && !apart.includes(id)) : [];
  const setApart = (place: number): void => {
    const other = far[place]?.id;
    if (!other) return;
    setMode("");
    setApartFrom((those) => [...those, other]);
    const left = suggested.filter((id) => id !== other && !apart.includes(id));
    keptApart(other, left.length > 0, () => setApartFrom((those) => those.filter((id) => id !== other)));
  };
  const uncover = (): void => {
    const those = [view, ...there.map((each) => each.view)].filter(hasCover);
    const cover = !those.some(isCovered);
    for (const { id } of those) {
      if (cover) uncovered.delete(id);
      else uncovered.add(id);
    }
    draw((n) => n + 1);
  };
  const chosen: Record<Mode, (place: number) => void> = { "": mergeInto, reject, apart: setApart };
  useKeys((act, digit) => {
    if (act === "leave") naming ? setNaming("") : mode ? setMode("") : leave();
    else if (naming) return false;
    else if (digit !== undefined) chosen[mode]((digit + 9) % 10);
    else if (act === "reject" && alike.length > 1) setMode("reject");
    else if (act === "apart" && far.length) setMode("apart");
    else if (act === "uncover") uncover();
    else return false;
    return true;
  });
  const keep = (id: string, takes: boolean): void => setSpared(takes ? spared.filter((each) => each !== id) : [...spared, id]);
  return (
    <>
      <div class="sides">
        <One view={view} others={there.map((each) => each.view)} title={t("this_case")} takes={takes(view.id)} keep={keep} />
        {sides.map(({ id, read, wrong }, place) =>
          read ? (
            <One key={id} view={read.view} others={[view, ...there.map((each) => each.view)]} title={number(place + 1)} takes={takes(id)} keep={keep}>
              {naming === id ? (
                <SameCampaign
                  id={view.id}
                  other={id}
                  done={() => {
                    setNaming("");
                    setMarked((those) => [...those, id]);
                  }}
                  leave={() => setNaming("")}
                />
              ) : (
                <>
                  {apart.includes(id) ? <p class="hint">{t("kept_apart")}</p> : <Because view={view} other={read.view} />}
                  <p class="acts">
                    {view.may.includes("merge") ? (
                      <button type="button" class="button quiet" onClick={() => mergeInto(place)}>{t("merge_into_it")} <kbd>{place + 1}</kbd></button>
                    ) : null}
                    {mayMark(view, person) && mayMark(read.view, person) && !alreadyOne(view, read.view) && !marked.includes(id) ? (
                      <button type="button" class="button quiet" onClick={() => setNaming(id)}><Icon name="flag" size="small" />{t("campaign_same")}</button>
                    ) : null}
                    {canBeMerged(read.view) ? (
                      <button type="button" class="button quiet" onClick={() => mergeHere(read)}>{t("merge_here")}</button>
                    ) : null}
                  </p>
                  {marked.includes(id) || alreadyOne(view, read.view) ? <p class="hint" role="status">{t("campaign_is_same")}</p> : null}
                </>
              )}
            </One>
          ) : (
            <section key={id} aria-busy={!wrong}>
              <h2>{number(place + 1)} · <Code text={id} /></h2>
              <p role={wrong ? "alert" : "status"}>{wrong ? refusal(wrong) : t("wait")}</p>
            </section>
          ),
        )}
      </div>
      <section class="deciding" aria-label={t("decision")}>
        {mode === "reject" ? (
          <Choices title={t("reject_alike", { n: number(alike.length) })} names={reasons.map((each) => t(`reject_${each}`))} choose={reject} leave={() => setMode("")} />
        ) : null}
        {mode === "apart" ? (
          <Choices title={t("keep_apart_from")} names={far.map(({ id, read }) => read?.view.number ?? id)} choose={chosen.apart} leave={() => setMode("")} />
        ) : null}
        <div class="acts">
          {alike.length > 1 ? (
            <button type="button" class="button quiet" onClick={() => setMode("reject")}>{t("reject_alike", { n: number(alike.length) })} <kbd>{signOf("reject")}</kbd></button>
          ) : null}
          {far.length ? (
            <button type="button" class="button quiet" onClick={() => setMode("apart")}>{t("keep_apart")} <kbd>{signOf("apart")}</kbd></button>
          ) : null}
          <button type="button" class="button quiet" onClick={leave}>{t("back_to_case")} <kbd>{signOf("leave")}</kbd></button>
        </div>
      </section>
    </>
  );
}

/** One decision for several cases is for those on which one person decides, and that can wait. */
const canBeRejected = (view: CaseView): boolean =>
  view.may.includes("reject") && view.priority !== "immediate" && !view.imminent && !view.proposed_by && !isSevere(view);
const alreadyOne = (one: CaseView, other: CaseView): boolean => Boolean(one.campaign) && one.campaign?.id === other.campaign?.id;
const canBeMerged = (view: CaseView): boolean =>
  view.may.includes("merge") && view.priority !== "immediate" && !view.imminent;

interface OneProps {
  readonly view: CaseView;
  readonly others: readonly CaseView[];
  readonly title: string;
  readonly takes: boolean;
  readonly keep: (id: string, takes: boolean) => void;
  readonly children?: ComponentChildren;
}

const spelled = (each: { readonly kind: string; readonly value: string }): string => `${each.kind} ${each.value}`;

function One({ view, others, title, takes, keep, children }: OneProps): JSX.Element {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (title === t("this_case")) heading.current?.focus({ preventScroll: true });
  }, []);
  const elsewhere = new Set(others.filter((each) => each.id !== view.id).flatMap((each) => (each.identifiers ?? []).map(spelled)));
  const covered = isCovered(view);
  return (
    <section aria-labelledby={`side-${view.id}`} tabIndex={0}>
      <h2 id={`side-${view.id}`} tabIndex={-1} ref={heading}><span class="side-title">{title}</span> <Code text={view.number ?? view.id} /></h2>
      <p class="facts-line">
        <PriorityMark priority={view.priority}>{t(`priority_${view.priority}`)}</PriorityMark>
        <span>{category(view.category)}</span>
        <span>{t(`status_${view.status}`)}</span>
        <span>{when(view.opened_at)}</span>
        <span>{named(words.units, view.competence.unit)}</span>
      </p>
      {canBeRejected(view) ? (
        <label class="switch">
          <input type="checkbox" checked={takes} onChange={(event) => keep(view.id, event.currentTarget.checked)} />
          {t("rejected_too")}
        </label>
      ) : null}
      {covered ? (
        <p class="covered"><b>{t("covered")}</b></p>
      ) : (
        <>
          {view.reports.map((each) => (
            <article key={each.reference} class="report">
              <p class="hint">{when(each.accepted_at)} · {said("reporter", each.facts.role)} · <Code text={each.reference} /></p>
              <Told text={each.narrative} lang={each.language} />
            </article>
          ))}
          <ul class="codes">
            {(view.identifiers ?? []).map((each) => (
              <li key={spelled(each)}>
                <span class="hint">{said("kind", each.kind)}</span>{" "}
                {elsewhere.has(spelled(each)) ? <mark><Code text={each.value} /></mark> : <Code text={each.value} />}
              </li>
            ))}
          </ul>
        </>
      )}
      {children ? <div class="side-acts">{children}</div> : null}
    </section>
  );
}

/** Why the two may be about the same facts. */
function Because({ view, other }: { view: CaseView; other: CaseView }): JSX.Element | null {
  const found = view.suggestions?.find((each) => each.case === other.id);
  if (!found) return <p class="hint">{t(view.apart?.includes(other.id) ? "kept_apart" : "picture_alike")}</p>;
  return (
    <>
      <p class="hint">{whyAlike(found)}</p>
      <Differs one={view} other={other} />
    </>
  );
}
