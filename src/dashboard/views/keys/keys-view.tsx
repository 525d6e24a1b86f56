import { useState } from "preact/hooks";
import { ok } from "../../../core/result.ts";
import type { AdminClient } from "../../api/admin-client.ts";
import { useResource } from "../../api/use-resource.ts";
import { Card } from "../../parts/card.tsx";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { KeysIcon } from "../../parts/icons.tsx";
import { FailureNotice, Loading, Notice } from "../../parts/notice.tsx";
import type { View, ViewProps } from "../view.ts";
import { CreateKey } from "./create-key.tsx";
import { KeyList } from "./key-list.tsx";
import { keyState, type KeySummary, type MadeKey } from "./key-state.ts";
import { ShownOnce } from "./made-key.tsx";
import { RotateKey } from "./rotate-key.tsx";

/** The tenant's API keys. */
export const keysView: View = {
	name: "keys",
	title: "Keys",
	about: "API keys of this tenant. A key is shown once, when it is made; after that only its hash is kept.",
	icon: KeysIcon,
	needsCascade: false,
	Component: Keys,
};

function Keys({ admin, tenant }: ViewProps) {
	const [made, setMade] = useState<MadeKey | null>(null);
	const { value, failure, reload } = useResource<{ readonly items: readonly KeySummary[]; readonly at: number }>(
		tenant,
		async () => {
			const answer = await admin.call("keys.list", { parameters: { tenant } });
			return answer.ok ? ok({ items: answer.value.body.items, at: Date.now() }) : answer;
		},
	);
	const onMade = (key: MadeKey) => {
		setMade(key);
		reload();
	};
	const keys = value?.items ?? [];
	const now = value?.at ?? 0;
	const working = keys.filter((key) => ["works", "expires"].includes(keyState(key, now))).toReversed();
	const ended = keys.filter((key) => !working.includes(key)).toReversed();
	return (
		<>
			{made !== null && <ShownOnce made={made} onPutAway={() => setMade(null)} />}
			{failure !== undefined && <FailureNotice failure={failure} retry={reload} />}
			{value === undefined && failure === undefined && <Loading what="the keys" />}
			{value !== undefined && (
				<Card
					title="Keys that work"
					about="A new key works at once. A revoked one is refused everywhere within a minute and a half."
					actions={<CreateKey admin={admin} tenant={tenant} onMade={onMade} />}
				>
					{working.length === 0 ? (
						<Notice>
							<p>There is no key yet. An application needs one with the scope inference.</p>
						</Notice>
					) : (
						<KeyList
							label="Working keys"
							keys={working}
							now={now}
							actions={(key) => (
								<>
									<RotateKey admin={admin} tenant={tenant} old={key} onMade={onMade} />
									<RevokeKey admin={admin} tenant={tenant} id={key.id} name={key.name} onDone={reload} />
								</>
							)}
						/>
					)}
				</Card>
			)}
			{ended.length > 0 && (
				<Card title="Keys that have ended">
					<KeyList label="Ended keys" keys={ended} now={now} />
				</Card>
			)}
		</>
	);
}

function RevokeKey({
	admin,
	tenant,
	id,
	name,
	onDone,
}: {
	readonly admin: AdminClient;
	readonly tenant: string;
	readonly id: string;
	readonly name: string;
	readonly onDone: () => void;
}) {
	return (
		<FormDialog
			button="Revoke"
			title={`Revoke “${name}”`}
			isDangerous
			act={() => admin.call("keys.revoke", { parameters: { tenant, id } })}
			onDone={onDone}
		>
			<p>Whoever uses it is refused from now on, everywhere within a minute and a half. This cannot be undone.</p>
		</FormDialog>
	);
}
