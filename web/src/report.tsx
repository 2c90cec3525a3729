// The report: one thing on each page, and nothing is lost on the way.
import { type JSX, render } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { type Accepted, address, call, type Meanwhile, Refused } from "./api";
import { askBeforeLeaving } from "./exit";
import { Heading, Summary, type Wrong } from "./fields";
import { Following } from "./following";
import { type Answers, NOTHING, reportOf } from "./report/answers";
import { CHECKS, placeOfFinding, type StepId } from "./report/checks";
import { Done } from "./report/done";
import { QUESTIONS, type Step } from "./report/questions";
import { Review } from "./report/review";
import { t } from "./texts";

const NONE: Wrong = new Map();

/** What the browser's history holds: which page, and no answer. */
interface Mark {
  readonly step: StepId;
  readonly change: boolean;
}

function stepsFor(answers: Answers): readonly Step[] {
  return QUESTIONS.filter((step) => step.shown?.(answers) ?? true);
}

function Wizard(): JSX.Element {
  const [answers, setAnswers] = useState(NOTHING);
  const [mark, setMark] = useState<Mark>({ step: "category", change: false });
  const [wrong, setWrong] = useState<Wrong>(NONE);
  const [sending, setSending] = useState<Meanwhile | undefined>();
  const [failure, setFailure] = useState("");
  const [accepted, setAccepted] = useState<Accepted>();
  const [following, setFollowing] = useState(false);
  const key = useRef(crypto.randomUUID());
  const busy = useRef(false);
  const first = useRef(true);

  useEffect(() => {
    history.replaceState(mark, "");
    const back = (event: PopStateEvent): void => {
      const state = event.state as Mark | null;
      if (state) show(state);
    };
    window.addEventListener("popstate", back);
    return () => window.removeEventListener("popstate", back);
  }, []);

  const show = (next: Mark): void => {
    first.current = false;
    setWrong(NONE);
    setFailure("");
    setMark(next);
    window.scrollTo(0, 0);
  };
  const go = (next: Mark): void => {
    history.pushState(next, "");
    show(next);
  };
  const set = (change: Partial<Answers>): void => {
    setAnswers((before) => ({ ...before, ...change }));
    askBeforeLeaving(true);
  };

  const steps = stepsFor(answers);
  const at = steps.findIndex((step) => step.id === mark.step);
  const step = steps[at];

  const onward = (event: Event): void => {
    event.preventDefault();
    const found = CHECKS[mark.step](answers);
    if (found.size) {
      setWrong(found);
      return;
    }
    const next = mark.change ? undefined : steps[at + 1];
    go({ step: next?.id ?? "check", change: false });
  };

  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy.current) return;
    const open = QUESTIONS.find((each) => (each.shown?.(answers) ?? true) && CHECKS[each.id](answers).size);
    if (open) {
      go({ step: open.id, change: true });
      setWrong(CHECKS[open.id](answers));
      return;
    }
    busy.current = true;
    setWrong(NONE);
    setFailure("");
    setSending("sending");
    try {
      const answer = await call<Accepted>({
        method: "POST",
        path: address("/v1/reports"),
        headers: { "Idempotency-Key": key.current },
        body: reportOf(answers),
        tell: setSending,
      });
      askBeforeLeaving(false);
      setAnswers(NOTHING);
      setAccepted(answer);
      window.scrollTo(0, 0);
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
      if (where !== "check") go({ step: where, change: true });
      setWrong(new Map(placed.filter(([id]) => id === where).map(([, field, text]) => [field, text])));
      return;
    }
    if (error.kind === "key-conflict") {
      key.current = crypto.randomUUID();
      setFailure(t("error.stale"));
    } else if (error.kind === "body-too-large") {
      setFailure(t("error.too_large"));
    } else {
      setFailure(error.kind === "network" ? t("error.network") : t("error.busy"));
    }
  };

  if (accepted && following) {
    return <Following reference={accepted.reference} receipt={accepted.receipt} close={() => setFollowing(false)} />;
  }
  if (accepted) return <Done accepted={accepted} follow={() => setFollowing(true)} />;

  const back = (
    <a href="../" class="back" onClick={(event) => {
      if (mark.step === "category" && !mark.change) return;
      event.preventDefault();
      history.back();
    }}>
      {t("report.back")}
    </a>
  );
  if (mark.step === "check" || !step) {
    return (
      <form onSubmit={(event) => void send(event)} noValidate autocomplete="off">
        {back}
        <Summary wrong={wrong} />
        {failure ? <Failure text={failure} /> : null}
        <Heading>{t("report.check")}</Heading>
        <p class="hint">{t("report.check_hint")}</p>
        <Review answers={answers} change={(id) => go({ step: id, change: true })} />
        <p>{t("report.good_faith")}</p>
        <p class="actions">
          <button class="button" id="send" aria-disabled={sending !== undefined}>
            {sending ? t("report.sending") : t("report.send")}
          </button>
        </p>
        <p class="state" role="status">
          {sending === "working" ? t("report.working") : sending === "retrying" ? t("report.retrying") : ""}
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
        <button class="button">{skip ? t("report.skip") : t("report.continue")}</button>
      </p>
      {mark.step === "category" ? (
        <p>
          <a href="plain">{t("report.plain")}</a>
        </p>
      ) : null}
    </form>
  );
}

const SKIPPABLE = new Set<StepId>(["locations", "when", "place"]);

function untouched(step: StepId, answers: Answers): boolean {
  if (step === "locations") return !answers.platform.trim() && answers.locations.every((row) => !row.value.trim());
  if (step === "when") return !answers.day && !answers.online;
  return answers.place === undefined;
}

function Failure({ text }: { text: string }): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.focus(), [text]);
  return (
    <div class="summary" role="alert" tabIndex={-1} ref={box}>
      <h2>{t("report.failed")}</h2>
      <p>{text}</p>
      <p>{t("report.failed_text")}</p>
    </div>
  );
}

const app = document.getElementById("app");
if (app) {
  app.replaceChildren();
  render(<Wizard />, app);
}
