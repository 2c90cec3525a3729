// What colleagues wrote to each other about a case: the words with which it came here first, then the notes, those that
// name the reader marked until they were displayed. Below it the switch to watch the case.
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { CaseView, Entry } from "./api";
import { isNote, nameOf } from "./entries";
import { markSeen, type OwnMarks, watch } from "./own-marks";
import { kindOf } from "./api";
import { refusal } from "./refusals";
import { Said, Told } from "./untrusted-text";
import { when } from "./times";
import { Chip } from "./ui/chip";
import { number, t } from "./words";

export interface ThreadProps {
  readonly view: CaseView;
  /** Write a note that settles the one with this number; none where the reader writes no notes. */
  readonly settle: ((number: number) => void) | undefined;
}

export function Thread({ view, settle }: ThreadProps): JSX.Element {
  const [marks, setMarks] = useState<OwnMarks>(view.thread ?? {});
  const [wrong, setWrong] = useState("");
  // What was unread as the case came to the front stays marked for as long as it is there.
  const [fresh] = useState(marks.unread ?? []);
  const section = useRef<HTMLElement>(null);
  const told = useRef(0);
  const owed = Boolean(marks.watching || marks.unread?.length);
  useEffect(() => {
    if (!owed || !section.current || told.current >= view.last_entry) return;
    const inSight = new IntersectionObserver((found) => {
      if (!found.some((each) => each.isIntersecting)) return;
      inSight.disconnect();
      told.current = view.last_entry;
      // A mark that could not be made is made the next time that the thread is in sight.
      markSeen(view.id, view.last_entry).then(setMarks, () => (told.current = 0));
    });
    inSight.observe(section.current);
    return () => inSight.disconnect();
  }, [owed, view.last_entry]);
  const switchTo = (watching: boolean): void => {
    setWrong("");
    watch(view.id, watching).then(setMarks, (error: unknown) => setWrong(kindOf(error)));
  };
  const notes = view.history.filter(isNote);
  const given = view.history.find((each) => each.number === view.thread?.handed_over);
  const settling = notes.filter((each) => each.data["settles"]);
  const over = new Set(settling.flatMap((each) => [each.number, Number(each.data["settles"])]));
  const post = (each: Entry): JSX.Element => (
    <div class="post" key={each.number}>
      <p class="hint">
        <Said text={nameOf(view, each.by)} /> · <time dateTime={each.at}>{when(each.at)}</time>
        {fresh.includes(each.number) ? <> <Chip kind="on" icon="eye">{t("note_unread")}</Chip></> : null}
      </p>
      <Told text={each.words ?? ""} />
      {named(each).length ? <p class="hint">{t("note_names")} <Said text={named(each).map((subject) => nameOf(view, subject)).join(" · ")} /></p> : null}
      {settle && isNote(each) && !over.has(each.number) ? <p><button type="button" class="link" onClick={() => settle(each.number)}>{t("settle")}</button></p> : null}
    </div>
  );
  return (
    <section class="thread" ref={section} aria-labelledby="thread-title">
      <h3 id="thread-title">{t("notes")}</h3>
      {given?.words ? <div class="inset"><b>{t("handed_over")}</b>{post(given)}</div> : null}
      {notes.length ? notes.filter((each) => !over.has(each.number)).map(post) : <p class="hint">{t("notes_none")}</p>}
      {over.size ? (
        <details class="settled">
          <summary>{t("notes_settled", { n: number(settling.length) })}</summary>
          {notes.filter((each) => over.has(each.number)).map(post)}
        </details>
      ) : null}
      <label class="switch">
        <input type="checkbox" role="switch" checked={Boolean(marks.watching)} onChange={(event) => switchTo(event.currentTarget.checked)} />
        {t("watch_case")}
      </label>
      {wrong ? <p role="alert" class="wrong">{refusal(wrong)}</p> : null}
    </section>
  );
}

const named = ({ data }: Entry): readonly string[] => (Array.isArray(data["mentions"]) ? (data["mentions"] as readonly string[]) : []);
