import { useId, useState } from "preact/hooks";
import type { AdminBody } from "../../../admin/client-types.ts";
import type { AdminClient } from "../../api/admin-client.ts";
import { Field } from "../../parts/field.tsx";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { ExpiryChoice } from "./expiry-choice.tsx";
import { expiryMoment, NEVER, type Expiry } from "./expiry.ts";
import type { MadeKey } from "./key-state.ts";

type Scope = AdminBody<"keys.create">["scopes"][number];

const SCOPES: readonly { readonly scope: Scope; readonly about: string }[] = [
	{ scope: "inference", about: "ask the models; what an application needs" },
	{ scope: "read", about: "look at the policy, keys, usage and evidence" },
	{ scope: "admin", about: "change them, and all that read may" },
];

/** A button that makes a key. */
export function CreateKey({
	admin,
	tenant,
	onMade,
}: {
	readonly admin: AdminClient;
	readonly tenant: string;
	readonly onMade: (key: MadeKey) => void;
}) {
	const group = useId();
	const [name, setName] = useState("");
	const [scopes, setScopes] = useState<readonly Scope[]>(["inference"]);
	const [expiry, setExpiry] = useState<Expiry>(NEVER);
	return (
		<FormDialog
			button="Create a key"
			buttonClass="button main"
			title="Create a key"
			isBlocked={scopes.length === 0}
			act={async () => {
				const made = await admin.call("keys.create", {
					parameters: { tenant },
					body: { name: name.trim(), scopes: [...scopes], expiresAt: expiryMoment(expiry, Date.now()) },
				});
				if (made.ok) onMade(made.value.body);
				return made;
			}}
			onDone={() => {
				setName("");
				setScopes(["inference"]);
				setExpiry(NEVER);
			}}
		>
			<Field
				label="Name"
				hint="Which application or person it is for."
				value={name}
				onValue={setName}
				input={{ required: true, maxLength: 100, autocomplete: "off" }}
			/>
			<fieldset class="checks">
				<legend>It may</legend>
				{SCOPES.map(({ scope, about }) => (
					<label key={scope} for={`${group}-${scope}`}>
						<input
							id={`${group}-${scope}`}
							type="checkbox"
							checked={scopes.includes(scope)}
							onChange={({ currentTarget }) =>
								setScopes(currentTarget.checked ? [...scopes, scope] : scopes.filter((each) => each !== scope))
							}
						/>
						<span>
							<b>{scope}</b> <span class="about">{about}</span>
						</span>
					</label>
				))}
			</fieldset>
			<ExpiryChoice value={expiry} onChange={setExpiry} />
		</FormDialog>
	);
}
