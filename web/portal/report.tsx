// The report: one thing on each page, and nothing is lost on the way.
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { type Accepted, address, call, type Meanwhile, Refused } from "./api";
import { askBeforeLosing } from "./quick-exit";
import { Heading, Summary, Tick, type Wrong } from "./fields";
import { Following, mayClose } from "./report-status";
import { end, forget, keep, taken } from "./draft-storage";
import { type Answers, NOTHING, reportOf } from "./report/answers";
import { CHECKS, placeOfFinding, type StepId } from "./report/checks";
import { Done } from "./report/done";
import { QUESTIONS, type Step } from "./report/questions";
import { Review } from "./report/review";
import { cameBy } from "./report/ways";
import { span, t } from "./texts";

const NONE: Wrong = new Map();

/** What the browser's history holds: which page, and no answer. */
interface Mark {
  readonly step: StepId;
  readonly change: boolean;
  /** How many pages of this document lie behind it. */
  readonly behind: number;
  /** Whether what became of the report is in front, once it was sent. */
  readonly following?: boolean;
  readonly files?: boolean;
}

/** The pages of this way in; one that was asked for from the end is among them, too. */
function stepsFor(answers: Answers, here: StepId): readonly Step[] {
  return QUESTIONS.filter((step) => step.id === here || (step.shown?.(answers) ?? true));
}

/** What is kept of a report that is being written. */
interface Draft {
  readonly answers: Answers;
  readonly mark: Mark;
  readonly key: string;
}

const START: Mark = { step: "way", change: false, behind: 0 };

/** Where a report begins: as it was left, as a link chose it, or anew. */
function begun(): { readonly draft: Draft; readonly restored: boolean; readonly stays: boolean } {
  const kept = taken<Draft>();
  if (kept) {
    const { answers, mark, key } = kept.what;
    return { draft: { answers: { ...NOTHING, ...answers }, mark: { ...mark, behind: 0 }, key }, restored: true, stays: kept.stays };
  }
  const chosen = cameBy(location.hash);
  const answers = { ...NOTHING, ...chosen, came: chosen !== undefined };
  const mark: Mark = chosen ? { ...START, step: "safety" } : START;
  return { draft: { answers, mark, key: crypto.randomUUID() }, restored: false, stays: false };
}

export function Wizard(): JSX.Element {
  const [{ draft, restored, stays }] = useState(begun);
  const [answers, setAnswers] = useState(draft.answers);
  const [mark, setMark] = useState(draft.mark);
  const [staying, setStaying] = useState(stays);
  const [wrong, setWrong] = useState<Wrong>(NONE);
  const [sending, setSending] = useState<Meanwhile | undefined>();
  const [failure, setFailure] = useState<FailureKey>();
  const [seconds, setSeconds] = useState(0);
  const [accepted, setAccepted] = useState<Accepted>();
  const key = useRef(draft.key);
  const busy = useRef(false);
  const first = useRef(true);

  useEffect(() => {
    // What a link chose is read: the address says no more than that of any report.
    history.replaceState(mark, "", location.pathname);
    const back = (event: PopStateEvent): void => {
      const state = event.state as Mark | null;
      if (!state) return;
      if (state.following || mayClose()) show(state);
      else history.forward();
    };
    window.addEventListener("popstate", back);
    if (restored && !stays) askBeforeLosing("report", true);
    return () => window.removeEventListener("popstate", back);
  }, []);

  const show = (next: Mark): void => {
    first.current = false;
    setWrong(NONE);
    setFailure(undefined);
    setMark(next);
    scrollTo({ top: 0, behavior: "instant" });
  };
  const go = (step: StepId, change: boolean): void => {
    const next = { step, change, behind: mark.behind + 1 };
    history.pushState(next, "");
    show(next);
  };
  useEffect(() => {
    // The drawing of the receipt comes while the answers are read again: the network may be gone afterwards.
    if (mark.step === "check") import("./qr").catch(() => undefined);
  }, [mark.step]);
  const now: Draft = { answers, mark, key: key.current };
  useEffect(() => {
    if (!staying || accepted) return undefined;
    const later = setTimeout(() => keep(now, true), SOON);
    return () => clearTimeout(later);
  }, [answers, mark, staying, accepted]);
  useEffect(() => {
    const links = [...document.querySelectorAll(".languages a")];
    const takeAlong = (): void => {
      // What was sent is not written again, and its receipt is kept nowhere.
      if (!accepted && keep(now, staying)) askBeforeLosing("report", false);
    };
    for (const link of links) link.addEventListener("click", takeAlong);
    return () => {
      for (const link of links) link.removeEventListener("click", takeAlong);
    };
  });
  const stay = (wanted: boolean): void => {
    setStaying(wanted);
    if (!wanted) forget();
    askBeforeLosing("report", !wanted);
  };
  const set = (change: Partial<Answers>): void => {
    setAnswers((before) => ({ ...before, ...change }));
    // Another way to go on: what was wrong with the one before is no longer on the page.
    if ("lost" in change || "place" in change || "disclosure" in change) setWrong(NONE);
    askBeforeLosing("report", !staying);
  };

  const steps = stepsFor(answers, mark.step);
  const at = steps.findIndex((step) => step.id === mark.step);
  const step = steps[at];

  const onward = (event: Event): void => {
    event.preventDefault();
    const found = CHECKS[mark.step](answers);
    if (found.size) {
      setWrong(found);
      return;
    }
    const next = steps[at + 1];
    // One answer was to be changed; calm words that it brings with it are still said first.
    if (mark.change && next?.id !== "before") go("check", false);
    else go(next?.id ?? "check", mark.change);
  };

  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy.current) return;
    const open = QUESTIONS.find((each) => (each.shown?.(answers) ?? true) && CHECKS[each.id](answers).size);
    if (open) {
      go(open.id, true);
      setWrong(CHECKS[open.id](answers));
      return;
    }
    busy.current = true;
    setWrong(NONE);
    setFailure(undefined);
    setSending("sending");
    try {
      const answer = await call<Accepted>({
        method: "POST",
        path: address("/v1/reports"),
        headers: { "Idempotency-Key": key.current },
        body: reportOf(answers),
        tell: setSending,
      });
      end();
      askBeforeLosing("report", false);
      askBeforeLosing("receipt", true);
      // What the receipt shows depends on these, and on nothing else that was said.
      setAnswers(({ category, role, minor, despair, lost, losses }) => ({ ...NOTHING, category, role, minor, despair, lost, losses }));
      setAccepted(answer);
      scrollTo({ top: 0, behavior: "instant" });
    } catch (error) {
      refused(error instanceof Refused ? error : new Refused("network"));
    } finally {
      busy.current = false;
      setSending(undefined);
    }
  };

  const refused = (error: Refused): void => {
    if (error.kind === "not-valid" && error.findings.length) {
      const placed = error.findings.map((finding) => placeOfFinding(finding, answers));
      const where = placed[0]?.[0] ?? "check";
      if (where !== "check") go(where, true);
      setWrong(new Map(placed.filter(([id]) => id === where).map(([, field, text]) => [field, text])));
      return;
    }
    if (error.kind === "key-conflict") {
      key.current = crypto.randomUUID();
      setFailure("error.stale");
    } else if (error.kind === "body-too-large") {
      setFailure("error.too_large");
    } else if (error.kind === "wait") {
      setSeconds(error.seconds);
      setFailure("error.wait");
    } else {
      setFailure(error.kind === "network" ? "error.network" : "error.busy");
    }
  };

  if (accepted && mark.following) {
    const close = (): void => {
      const before = { ...mark, following: false };
      history.replaceState(before, "");
      show(before);
    };
    return <Following reference={accepted.reference} receipt={accepted.receipt} files={mark.files ?? false} inSight close={close} />;
  }
  if (accepted) {
    const follow = (files: boolean): void => {
      const next = { ...mark, behind: mark.behind + 1, following: true, files };
      history.pushState(next, "");
      show(next);
    };
    return <Done accepted={accepted} answers={answers} follow={follow} />;
  }

  const back = (
    <a href="../" class="back" onClick={(event) => {
      const before = steps[(at < 0 ? steps.length : at) - 1];
      if (mark.behind === 0 && !before) return;
      event.preventDefault();
      if (mark.behind) history.back();
      else if (before) {
        // The page came with answers of another document, which lies behind it.
        const next = { ...mark, step: before.id };
        history.replaceState(next, "");
        show(next);
      }
    }}>
      {t("report.back")}
    </a>
  );
  if (mark.step === "check" || !step) {
    return (
      <form onSubmit={(event) => void send(event)} noValidate autocomplete="off">
        {back}
        <Summary wrong={wrong} />
        {failure ? <Failure why={failure} seconds={seconds} /> : null}
        <Heading>{t("report.check")}</Heading>
        <p class="hint">{t("report.check_hint")}</p>
        <Review answers={answers} change={(id) => go(id, true)} />
        <p>{t("report.good_faith")}</p>
        <p class="actions">
          <button class="button" id="send" aria-disabled={sending !== undefined}>
            {sending ? t("report.sending") : t("report.send")}
          </button>
        </p>
        <p class="state" role="status">
          {sending === "working" ? t("report.working")
            : sending === "retrying" ? t("report.retrying")
            : sending ? <span class="late">{t("site.slow")}</span> : ""}
        </p>
      </form>
    );
  }
  const View = step.view;
  const heading = <Heading quiet={first.current}>{step.title()}</Heading>;
  const skip = SKIPPABLE.has(step.id) && untouched(step.id, answers);
  return (
    <form onSubmit={onward} noValidate autocomplete="off" key={mark.step}>
      {back}
      <Summary wrong={wrong} />
      <p class="progress">
        {t("report.progress", { step: String(at + 1), steps: String(steps.length + 1) })}
      </p>
      <View answers={answers} wrong={wrong} set={set} heading={heading} />
      <p class="actions">
        <button class="button" onClick={once}>{skip ? t("report.skip") : t("report.continue")}</button>
      </p>
      {mark.step === "way" ? (
        <p>
          <a href="plain">{t("report.plain")}</a>
        </p>
      ) : (
        <Tick id="stay" label={t("report.stay")} hint={t("report.stay_hint")} value={staying} onChange={stay} />
      )}
    </form>
  );
}

/** Milliseconds of rest after which what is typed is kept. */
const SOON = 300;

/** The second click of a double click falls on the page that the first one brought. */
function once(event: MouseEvent): void {
  if (event.detail > 1) event.preventDefault();
}

const SKIPPABLE = new Set<StepId>(["locations", "when", "place"]);

function untouched(step: StepId, answers: Answers): boolean {
  if (step === "locations") return !answers.platform.trim() && answers.locations.every((row) => !row.value.trim());
  if (step === "when") return !answers.day && !answers.online;
  return answers.place === undefined;
}

type FailureKey = "error.stale" | "error.too_large" | "error.network" | "error.busy" | "error.wait";

function Failure({ why, seconds }: { why: FailureKey; seconds: number }): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.focus(), [why]);
  return (
    <div class="summary" role="alert" tabIndex={-1} ref={box}>
      <h2>{t("report.failed")}</h2>
      <p>{t(why, { wait: span(seconds) })}.</p>
      {why === "error.stale" ? null : <p>{t("report.failed_text")}</p>}
      <p><button class="button quiet">{t("report.again")}</button></p>
    </div>
  );
}
