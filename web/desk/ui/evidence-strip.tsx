// The files of a report in a line. What is severe stays covered until somebody asks to see it; where a file was seen
// elsewhere, that is flagged.
//   files    id, name (as it was sent: shown as text from outside), kind, more? (size, length, time), picture? (an address of
//            our own), covered?, flag? (seen elsewhere, not read yet), open()
//   covered  the words that stand on a covered one
import type { ComponentChildren, JSX } from "preact";
import { Said } from "../untrusted-text";
import { Chip } from "./chip";
import { Icon, type IconName } from "./icon";

export interface EvidenceFile {
  readonly id: string;
  readonly name: string;
  readonly kind: "image" | "video" | "audio" | "document";
  readonly more?: string;
  readonly picture?: ComponentChildren;
  readonly covered?: boolean;
  readonly flag?: string;
  readonly open: () => void;
}

const ICONS: Readonly<Record<EvidenceFile["kind"], IconName>> = { image: "image", video: "video", audio: "mic", document: "file-text" };

export function EvidenceStrip({ files, covered }: { files: readonly EvidenceFile[]; covered: string }): JSX.Element {
  return (
    <ul class="evidence">
      {files.map((each) => (
        <li key={each.id}>
          <button type="button" class="evidence-file" onClick={each.open}>
            <span class={`evidence-picture ${each.covered ? "veiled" : ""}`}>{each.covered ? <Icon name="eye-off" size="large" /> : (each.picture ?? <Icon name={ICONS[each.kind]} size="large" />)}</span>
            <span class="evidence-name"><Said text={each.name} /><small>{each.covered ? covered : each.more}</small></span>
          </button>
          {each.flag ? <Chip kind="doubt" icon="flag">{each.flag}</Chip> : null}
        </li>
      ))}
    </ul>
  );
}
