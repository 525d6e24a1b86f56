import type { AdminReply } from "../../admin/client-types.ts";

type Actor = AdminReply<"revisions.get">["author"];

const KINDS: Readonly<Record<Actor["kind"], string>> = {
	"operator-key": "operator’s key",
	access: "",
	"tenant-key": "tenant’s key",
	system: "the system",
};

/** Who did something: a key by its identifier, a person by their e-mail address. */
export function showActor({ kind, name }: Actor): string {
	return [KINDS[kind], name].filter((part) => part !== "").join(" ");
}
