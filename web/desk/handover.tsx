// One shift of the duty desk hands over to the next.
import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { call, type HandOvers, kindOf, newKey } from "./api";
import { Said, Told } from "./untrusted-text";
import { useListed } from "./polled-list";
import { refusal } from "./refusals";
import { when } from "./times";
import { number, said, t } from "./words";

const LONGEST = 1_000;
const SECONDS = 60;

/** What was typed and is not sent, for as long as the page is there. */
let draft = "";

export function HandOver(): JSX.Element {
  const { list, wrong, read } = useListed<HandOvers>("/v1/desk/handover", SECONDS);
  const [text, setText] = useState(draft);
  const [refused, setRefused] = useState("");
  const key = useRef(newKey());
  const type = (typed: string): void => {
    draft = typed;
    setText(typed);
  };
  const leave = async (): Promise<void> => {
    if (!text.trim()) return;
    try {
      await call({ method: "POST", path: "/v1/desk/handover", key: key.current, body: { text: text.trim() } });
      key.current = newKey();
      setRefused("");
      type("");
    } catch (error) {
      setRefused(kindOf(error));
    }
    read();
  };
  const problem = refused || wrong;
  return (
    <section class="handover" aria-labelledby="handover">
      <h2 id="handover">{t("handover")}</h2>
      {problem ? <p role="alert">{refusal(problem)}</p> : null}
      {list && !list.left.length ? <p class="hint">{t("handover_none")}</p> : null}
      {(list?.left ?? []).map((each) => (
        <div class="post" key={each.at + each.by}>
          <p class="hint">
            <b><Said text={list?.people?.[each.by] ?? t("by_colleague")} /></b> · <time dateTime={each.at}>{when(each.at)}</time>
          </p>
          <Told text={each.text} />
          <p class="hint">
            {Object.keys(each.open ?? {}).length
              ? Object.entries(each.open ?? {}).map(([kind, n]) => `${said("duty", kind)} ${number(n)}`).join(" · ")
              : t("handover_open_none")}
          </p>
        </div>
      ))}
      <label for="handover-text">{t("handover_write")}</label>
      <textarea
        id="handover-text"
        dir="auto"
        rows={4}
        maxLength={LONGEST}
        autocomplete="off"
        aria-describedby="handover-hint"
        value={text}
        onInput={(event) => type(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && event.ctrlKey) {
            event.preventDefault();
            void leave();
          }
        }}
      />
      <p class="hint" id="handover-hint">{t("handover_hint")}</p>
      <p><button type="button" class="button quiet" onClick={() => void leave()}>{t("handover_send")} <kbd>Ctrl</kbd> <kbd>Enter</kbd></button></p>
    </section>
  );
}
