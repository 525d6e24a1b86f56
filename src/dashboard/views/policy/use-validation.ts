import { useEffect, useState } from "preact/hooks";
import type { AdminReply, PolicyDocument } from "../../../admin/client-types.ts";
import type { AdminClient, AdminFailure } from "../../api/admin-client.ts";

type Validation = AdminReply<"policy.validate">;

/** How long nothing is typed before the Worker is asked. */
const PAUSE_MS = 500;

/** What the Worker says of a policy, of the newest alone; all undefined while it has not been asked. */
export interface WorkersWord {
	readonly validation: Validation | undefined;
	readonly failure: AdminFailure | undefined;
}

/**
 * Asks the Worker about a policy that is one by its form: whether its origins are there, whether this key may make it, and
 * what to be warned of. Null is not asked about.
 */
export function useValidation(admin: AdminClient, tenant: string, document: PolicyDocument | null): WorkersWord {
	const body = document === null ? null : JSON.stringify(document);
	const [word, setWord] = useState<WorkersWord & { readonly of: string | null }>({
		of: null,
		validation: undefined,
		failure: undefined,
	});
	useEffect(() => {
		if (body === null || document === null) return undefined;
		let isOver = false;
		const ask = async () => {
			const answer = await admin.call("policy.validate", { parameters: { tenant }, body: { ...document } });
			if (isOver) return;
			setWord(
				answer.ok
					? { of: body, validation: answer.value.body, failure: undefined }
					: { of: body, validation: undefined, failure: answer.error },
			);
		};
		const timer = setTimeout(() => void ask(), PAUSE_MS);
		return () => {
			isOver = true;
			clearTimeout(timer);
		};
		// The document is new with each check of the same text.
	}, [admin, tenant, body]);
	return word.of === body && body !== null ? word : { validation: undefined, failure: undefined };
}
