import { useEffect, useRef, useState } from "preact/hooks";
import type { AdminClient, AdminFailure } from "../../api/admin-client.ts";

const HOUR_MS = 3_600_000;

/** An inference key that lives no longer than the view, and an hour at most. */
export interface HourKey {
	readonly key: string | null;
	readonly failure: AdminFailure | undefined;
	readonly isBusy: boolean;
	readonly make: () => void;
	readonly revoke: () => void;
}

/** Makes a key when asked to, and revokes it when the view is left. A page that is closed leaves it to expire. */
export function useHourKey(admin: AdminClient, tenant: string): HourKey {
	const [made, setMade] = useState<{ readonly id: string; readonly key: string } | null>(null);
	const [failure, setFailure] = useState<AdminFailure>();
	const [isBusy, setBusy] = useState(false);
	const latest = useRef<string | null>(null);
	const isLeft = useRef(false);
	const revokeById = (id: string) => admin.call("keys.revoke", { parameters: { tenant, id } });

	useEffect(() => {
		isLeft.current = false;
		return () => {
			isLeft.current = true;
			if (latest.current !== null) void revokeById(latest.current);
			latest.current = null;
		};
		// The view is a new one for another tenant.
	}, []);

	const make = async () => {
		setBusy(true);
		const body = { name: "Playground", scopes: ["inference" as const], expiresAt: Date.now() + HOUR_MS };
		const answer = await admin.call("keys.create", { parameters: { tenant }, body });
		setBusy(false);
		setFailure(answer.ok ? undefined : answer.error);
		if (!answer.ok) return;
		const { id, key } = answer.value.body;
		// Left while it was being made.
		if (isLeft.current) void revokeById(id);
		else {
			latest.current = id;
			setMade({ id, key });
		}
	};
	const revoke = async () => {
		if (made === null) return;
		setBusy(true);
		const answer = await revokeById(made.id);
		setBusy(false);
		setFailure(answer.ok ? undefined : answer.error);
		if (!answer.ok) return;
		latest.current = null;
		setMade(null);
	};
	return { key: made?.key ?? null, failure, isBusy, make: () => void make(), revoke: () => void revoke() };
}
