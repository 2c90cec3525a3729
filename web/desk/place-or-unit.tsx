// Where a case belongs: a place or a unit, by the first letters of its name.
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Opened } from "./choices";
import { type Option, Pick } from "./combobox";
import { placesByCode, t, words } from "./words";

interface PlaceOrUnitProps {
  readonly choose: (to: { readonly unit: string } | { readonly territory: string }) => void;
  readonly leave: () => void;
}

export function PlaceOrUnit({ choose, leave }: PlaceOrUnitProps): JSX.Element {
  const [places, setPlaces] = useState<readonly Option[]>([]);
  useEffect(() => {
    void placesByCode().then((names) => setPlaces([...names].map(([id, name]) => ({ id, name, kind: t("place") }))));
  }, []);
  const units = Object.entries(words.units).map(([id, name]) => ({ id, name, kind: t("unit") }));
  return (
    <Opened title={t("place_or_unit")} leave={leave}>
      <Pick
        id="place"
        label={t("place_or_unit")}
        hint={t("pick_hint")}
        options={[...units, ...places]}
        choose={({ id, kind }) => choose(kind === t("unit") ? { unit: id } : { territory: id })}
      />
    </Opened>
  );
}
