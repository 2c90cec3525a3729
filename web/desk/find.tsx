// Find: one field, and why somebody searches. Nothing of it is kept, in storage or in the address.
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { components } from "#types/openapi";
import { call, type Person } from "./api";
import { begun } from "./find-begun";
import { useAsking } from "./latest-request";
import { Code } from "./untrusted-text";
import { signOf, useKeys } from "./keys";
import { refusal } from "./refusals";
import type { RoomProps } from "./room-props";
import { when } from "./times";
import { category, named, number, said, t, words } from "./words";

type Schemas = components["schemas"];
type Found = Schemas["Found"];
type FoundCase = Schemas["FoundCase"];
type ReadAs = Schemas["ReadAs"];

const GROUNDS: readonly Schemas["SearchGround"][] = [
  "reporter_calls", "colleague_asks", "own_case", "prosecutor_asks", "institution_calls",
];

/** Nobody asks themselves. */
const groundsOf = ({ role }: Person): typeof GROUNDS => (role === "prosecutor" ? GROUNDS.filter((each) => each !== "prosecutor_asks") : GROUNDS);

export function Find({ person, open, home }: RoomProps): JSX.Element {
  const [text, setText] = useState(begun.text);
  const [found, setFound] = useState<Found>();
  const [wrong, setWrong] = useState("");
  const [unread, setUnread] = useState("");
  const [busy, setBusy] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const grounds = useRef<HTMLFieldSetElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const ask = useAsking();
  const began = (): void => {
    ask();
    setBusy(false);
    setFound(undefined);
    setUnread("");
    setText("");
  };
  const seek = (ground: Schemas["SearchGround"]): void => {
    const asked = text.trim();
    if (!asked) return field.current?.focus();
    if (busy) return;
    setBusy(true);
    setWrong("");
    setUnread("");
    const body = { text: asked, ground } satisfies Schemas["Find"];
    ask(
      call<Found>({ method: "POST", path: "/v1/desk/find", body }),
      ({ body: answer }) => {
        setBusy(false);
        // What is nothing to be searched for stays in the field, to be written in another way.
        if (answer.read_as.length) setFound(answer);
        else {
          setUnread(asked);
          field.current?.focus();
        }
      },
      (kind) => {
        setBusy(false);
        setWrong(kind);
      },
    );
  };
  useEffect(() => void (begun.text = ""), []);
  useEffect(() => (found ? heading.current?.focus() : field.current?.focus()), [found]);
  useKeys((act, digit) => {
    const ground = groundsOf(person)[(digit ?? 0) - 1];
    const line = found?.cases[(digit ?? 0) - 1];
    if (act === "find") began();
    else if (act === "leave") found ? began() : home();
    else if (found && line) open(line.id);
    else if (!found && ground) seek(ground);
    else return false;
    return true;
  });
  return (
    <main class="work find" id="main" aria-busy={busy}>
      <h1 class="page-title">{t("room_find")}</h1>
      {found ? (
        <Lines found={found} heading={heading} open={open} again={began} />
      ) : (
        <form
          autocomplete="off"
          onSubmit={(event) => {
            event.preventDefault();
            if (text.trim()) grounds.current?.querySelector("button")?.focus();
          }}
        >
          <label for="sought">{t("find_label")}</label>
          <p class="hint" id="sought-hint">{t("find_hint")}</p>
          <input
            id="sought"
            ref={field}
            value={text}
            maxLength={2048}
            dir="auto"
            spellcheck={false}
            autocapitalize="off"
            aria-describedby="sought-hint"
            onInput={(event) => setText(event.currentTarget.value)}
          />
          {unread && unread === text.trim() ? (
            <p role="alert" class="inset">{t("found_unread")} {t("find_kinds")} <a href="#list">{t("find_in_lists")}</a></p>
          ) : null}
          <fieldset ref={grounds}>
            <legend>{t("find_ground")}</legend>
            <p class="hint">{t("find_kept")}</p>
            <ol class="grounds">
              {groundsOf(person).map((ground, place) => (
                <li key={ground}>
                  <button type="button" class="button quiet" onClick={() => seek(ground)}>
                    <kbd>{place + 1}</kbd> {t(`ground_${ground}`)}
                  </button>
                </li>
              ))}
            </ol>
          </fieldset>
          <p role="alert">{wrong ? (wrong === "too-many" ? t("find_too_many") : refusal(wrong)) : ""}</p>
        </form>
      )}
    </main>
  );
}

interface LinesProps {
  readonly found: Found;
  readonly heading: { current: HTMLHeadingElement | null };
  readonly open: (id: string) => void;
  readonly again: () => void;
}

function Lines({ found, heading, open, again }: LinesProps): JSX.Element {
  const { cases, read_as: readAs } = found;
  return (
    <section>
      <h2 tabIndex={-1} ref={heading}>
        {cases.length ? t("found_n", { n: number(cases.length) + (found.more ? "+" : "") }) : t("found_none")}
      </h2>
      <p>{t("read_as")} <Reasons of={readAs} /></p>
      <ol class="lines">
        {cases.map((each, place) => <Line key={each.id} line={each} digit={place + 1} open={open} />)}
      </ol>
      <p class="actions">
        <button type="button" class="button quiet" onClick={again}>{t("find_again")} <kbd>{signOf("find")}</kbd></button>
      </p>
    </section>
  );
}

function Line({ line, digit, open }: { line: FoundCase; digit: number; open: (id: string) => void }): JSX.Element {
  const unit = line.referral?.unit;
  return (
    <li>
      <p>
        {digit <= 9 ? <kbd>{digit}</kbd> : null}{" "}
        <button type="button" class="link" onClick={() => open(line.id)}><Code text={line.number ?? line.id} /></button>{" "}
        <span class={`chip ${line.priority}`}>{t(`priority_${line.priority}`)}</span>{" "}
        <b>{category(line.category)}</b> · {t(`status_${line.status}`)}
        {unit ? <> · {named(words.units, unit)}</> : null}
      </p>
      <p class="hint">
        {t("opened_on")} <time dateTime={line.opened_at}>{when(line.opened_at)}</time>
        {line.closed_at ? <> · {t("status_closed")} <time dateTime={line.closed_at}>{when(line.closed_at)}</time></> : null}
        {" · "}{t("because")} <Reasons of={line.because} />
      </p>
    </li>
  );
}

function Reasons({ of }: { of: readonly ReadAs[] }): JSX.Element {
  return (
    <>
      {of.map((each, place) => (
        <span key={each.kind + each.value}>{place ? ", " : ""}{said("kind", each.kind)} <Code text={each.value} /></span>
      ))}
    </>
  );
}
