// A supervisor gives a case to another unit, from a line of a board.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { call, type CaseLine, kindOf, newKey, readCase } from "./api";
import { Opened } from "./choices";
import { Pick } from "./combobox";
import { TAKING_REASSIGNMENT } from "./statuses";
import { t, words } from "./words";

/** Whether a case can be given to another unit. */
export const canGive = (line: CaseLine): boolean => TAKING_REASSIGNMENT.includes(line.status);

export interface Changing {
  readonly line: CaseLine;
  readonly changed: () => void;
  /** Told why an act was refused; the empty text where it was done. */
  readonly refused: (kind: string) => void;
}

/** An act of the duty desk on a case as it stands now. */
export async function onDuty({ line, changed, refused }: Changing, act: "retry" | "reassign", body: object): Promise<void> {
  try {
    const { etag } = await readCase(line.id);
    await call({ method: "POST", path: `/v1/desk/duty/${encodeURIComponent(line.id)}/${act}`, body, etag, key: newKey() });
    refused("");
  } catch (error) {
    refused(kindOf(error));
  }
  changed();
}

export function Give({ leave, ...changing }: Changing & { leave: () => void }): JSX.Element {
  return (
    <Opened title={t("reassign")} leave={leave}>
      <Pick
        id={`unit-${changing.line.id}`}
        label={t("reassign")}
        hint={t("pick_hint")}
        options={Object.entries(words.units).map(([id, name]) => ({ id, name, kind: t("unit") }))}
        choose={({ id }) => {
          leave();
          void onDuty(changing, "reassign", { unit: id });
        }}
      />
    </Opened>
  );
}

/** The button, and the field that it opens. */
export function GiveAway(changing: Changing): JSX.Element | null {
  const [giving, setGiving] = useState(false);
  if (!canGive(changing.line)) return null;
  if (giving) return <Give {...changing} leave={() => setGiving(false)} />;
  return <p class="acts"><button type="button" class="link" onClick={() => setGiving(true)}>{t("reassign")}</button></p>;
}
