// The head of a case in one line: how urgent it is, what happened and where, what it waits for, and its number. Below it,
// where somebody may be in danger, whom to call; and what happened since its reader saw the case.
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Opened, Priority } from "./api";
import { doneIn } from "./case-activity";
import { nature } from "./danger-said";
import { nameOf } from "./entries";
import { lateness } from "./late";
import { usePlace } from "./place-names";
import { type Notice, refusal } from "./refusals";
import { secondsUntil, span, when } from "./times";
import { Chip } from "./ui/chip";
import { Icon, type IconName } from "./ui/icon";
import { Code, Said } from "./untrusted-text";
import { number, said, t } from "./words";

type View = Opened["view"];

const PRIORITY_ICONS: Readonly<Record<Priority, IconName>> = { immediate: "siren", urgent: "signal", standard: "signal-medium", information: "signal-low" };

interface CaseHeadProps {
  readonly view: View;
  /** Whether its reader holds it. */
  readonly mine: boolean;
  /** The name of the page that `home` leads to. */
  readonly cameFrom: string;
  readonly home: () => void;
  /** Whether the heading has the focus at first. */
  readonly focused: boolean;
  /** Admit reports, where the reader may. */
  readonly admit: (() => void) | undefined;
  /** Open the identity that was released, where one waits for the reader. */
  readonly identity: (() => void) | undefined;
  /** What stands below the line: whom to call, what changed. */
  readonly children: ComponentChildren;
}

export function CaseHead({ view, mine, cameFrom, home, focused, admit, identity, children }: CaseHeadProps): JSX.Element {
  const heading = useRef<HTMLHeadingElement>(null);
  const place = usePlace(view.territory);
  const stated = view.danger?.kind === "stated";
  useEffect(() => {
    if (focused) heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <header class="about">
      <div class={stated ? "case-head stated" : "case-head"}>
        <p class="trail"><button type="button" class="plain-button" aria-label={cameFrom} title={cameFrom} onClick={home}><Icon name="arrow-left" flips /></button></p>
        <p class={`weight ${view.priority}`}><Icon name={PRIORITY_ICONS[view.priority]} />{stated ? t("danger_stated") : t(`priority_${view.priority}`)}</p>
        <h1 tabIndex={-1} ref={heading}>
          <span class="headline">{nature(view)}{place ? <> · {place}</> : null}</span> {view.number ? <span class="hidden-text"><Code text={view.id} /></span> : <Code text={view.id} />}
        </h1>
        <p class="facts-line">
          {view.danger && !stated ? <DoubtedDanger danger={view.danger} /> : null}
          {view.status === "in_review" ? null : <Chip>{t(`status_${view.status}`)}</Chip>}
          <Clocks view={view} />
          <Holder view={view} mine={mine} />
          {view.owner ? <Chip icon="user">{t("owner")} <Said text={nameOf(view, view.owner)} /></Chip> : null}
          {view.proposed_by ? <Chip icon="user">{t("proposed_by")} <Said text={nameOf(view, view.proposed_by)} /></Chip> : null}
          {identity ? <Chip kind="on">{t("identity_released")} <button type="button" class="link" onClick={identity}>{t("act_identities")}</button></Chip> : null}
          {view.unadmitted ? (
            <Chip icon="git-merge">
              {t("unadmitted", { n: number(view.unadmitted) })}
              {admit ? <button type="button" class="link" onClick={admit}>{t("act_admit")}</button> : null}
            </Chip>
          ) : null}
          <Copied text={view.number ?? view.id} shown={view.number ?? ""} />
        </p>
      </div>
      {children}
    </header>
  );
}

const DoubtedDanger = ({ danger }: { danger: NonNullable<View["danger"]> }): JSX.Element => (
  <Chip kind={danger.kind === "announced" ? "late" : "doubt"} icon="siren">{t(`danger_${danger.kind}`)}{danger.self_harm ? ` · ${t("reason_perhaps_self_harm")}` : ""}</Chip>
);

/** The number of a case, and a button that copies it. */
function Copied({ text, shown }: { text: string; shown: string }): JSX.Element {
  const [told, tell] = useState("");
  const copy = (): void => void navigator.clipboard.writeText(text).then(() => tell(t("copied")), () => tell(t("copied_not")));
  return (
    <span class="case-number">
      {shown ? <>{t("case_number")} <Code text={shown} /></> : null}
      <button type="button" class="plain-button" aria-label={t("copy_number")} title={t("copy_number")} onClick={copy}><Icon name="copy" size="small" /></button>
      {told ? <small>{told}</small> : null}
    </span>
  );
}

/** Money that can still be stopped is no ordinary deadline. */
const OF_MONEY: readonly string[] = ["money", "freeze"];

function Clocks({ view }: { view: View }): JSX.Element {
  return (
    <>
      {(view.deadlines ?? []).map((each) => {
        const { kind, due, level, since } = each;
        const left = due ? secondsUntil(due) : 0;
        return (
          <Chip key={kind + since} kind={left <= 0 || level > 0 ? "past" : OF_MONEY.includes(kind) ? "money" : "late"}>
            {said("deadline", kind)}{" "}
            <time {...(due ? { dateTime: due } : {})}>
              {left > 0 ? t(level > 0 ? "late_again" : "due_in", { time: span(left) }) : lateness(each)}
            </time>
          </Chip>
        );
      })}
    </>
  );
}

function Holder({ view, mine }: { view: View; mine: boolean }): JSX.Element | null {
  const { hold: held } = view;
  if (!held) return null;
  const left = secondsUntil(held.until);
  if (left <= 0) return <Chip icon="lock">{t("hold_over")}</Chip>;
  if (mine) return <Chip icon="lock">{t("held_for", { time: span(left) })}</Chip>;
  return <Chip kind="late" icon="lock">{t("held_by", { time: when(held.until) })} <Said text={nameOf(view, held.by)} /></Chip>;
}

/** What happened since its reader saw the case, why an act was refused, or that one holds. */
export function Meanwhile({ view, notice, next }: { view: View; notice: Notice; next: () => void }): JSX.Element {
  if (notice.holds) return <p class="inset" role="status"><b>{notice.holds}</b> · {t("entered")}</p>;
  const news = view.history.filter((each) => each.number > (notice.known ?? view.last_entry));
  const held = notice.kind === "held-by-another" && view.hold;
  return (
    <div class="inset warn" role="alert">
      <p>{refusal(notice.kind)}</p>
      {held ? <p>{t("held_by", { time: when(held.until) })} <Said text={nameOf(view, held.by)} /></p> : null}
      {news.length ? <ul>{news.map((each) => <li key={each.number}>{doneIn(view, each)}</li>)}</ul> : null}
      {held ? <p><button type="button" class="link" onClick={next}>{t("take_next")}</button></p> : null}
    </div>
  );
}
