// The band on top of the duty desk, to be read from across a room: whether somebody must move now.
import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import { soundIsOn, switchSound } from "./alarm";
import type { CaseLine } from "./api";
import { isHeard } from "./taken";
import { secondsUntil, span } from "./times";
import { Icon } from "./ui/icon";
import { number, t } from "./words";

interface BandProps {
  readonly dangers: readonly CaseLine[];
  readonly more: boolean;
  /** Go to the first of them. */
  readonly go: (id: string) => void;
  readonly children: ComponentChildren;
}

export function Band({ dangers, more, go, children }: BandProps): JSX.Element {
  const waiting = dangers.filter((each) => !isHeard(each));
  const stated = waiting.filter(({ danger }) => danger?.kind === "stated");
  const look = stated.length ? "stated" : waiting.length ? "doubted" : "calm";
  const those = stated.length ? stated : waiting;
  const [first] = those;
  const oldest = those.map(({ danger, opened_at }) => danger?.at ?? opened_at).sort()[0];
  return (
    <div class={`alarm ${look}`}>
      {first ? (
        <button type="button" class="alarm-says" onClick={() => go(first.id)}>
          <b class="how-many">{number(those.length)}{more ? "+" : ""}</b>
          <span><b>{t(`band_${look}`)}</b>{oldest ? <small>{t("band_since", { time: span(-secondsUntil(oldest)) })}</small> : null}</span>
        </button>
      ) : (
        <p class="alarm-says"><Icon name="check" size="large" /><b>{t("band_calm")}</b></p>
      )}
      {children}
    </div>
  );
}

/** Browsers let a page sound only after a click in it. */
export function SoundSwitch(): JSX.Element {
  const [on, setOn] = useState(soundIsOn);
  return (
    <label class="switch sound">
      <input
        type="checkbox"
        checked={on}
        onChange={(event) => {
          switchSound(event.currentTarget.checked);
          setOn(event.currentTarget.checked);
        }}
      />
      <Icon name={on ? "volume-2" : "volume-x"} size="small" />
      <span>{t("sound_on")}{on ? null : <b> {t("sound_off")}</b>}</span>
    </label>
  );
}
