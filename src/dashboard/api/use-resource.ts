import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { Result } from "../../core/result.ts";
import type { AdminFailure } from "./admin-client.ts";

/** Something that is asked for: what is known of it, and how the last asking ended. */
export interface Resource<Value> {
	/** The newest that arrived; stays while it is asked for again, also where that fails. */
	readonly value: Value | undefined;
	/** Of the last asking; undefined where that succeeded or has not ended. */
	readonly failure: AdminFailure | undefined;
	readonly isLoading: boolean;
	/** Asks again, now. */
	readonly reload: () => void;
}

/**
 * Asks for something when `key` changes, and again `pollMs` after each answer while the page is visible. An answer to an
 * earlier key, or to an earlier asking, is dropped. Where `key` is null nothing is asked.
 */
export function useResource<Value>(
	key: string | null,
	load: () => Promise<Result<Value, AdminFailure>>,
	{ pollMs }: { readonly pollMs?: number } = {},
): Resource<Value> {
	const [state, setState] = useState<{
		readonly key: string | null;
		readonly value?: Value | undefined;
		readonly failure?: AdminFailure | undefined;
	}>({ key: null });
	const [isLoading, setLoading] = useState(false);
	const asking = useRef(0);
	const latest = useRef(load);
	latest.current = load;

	const ask = useCallback(async () => {
		if (key === null) return;
		asking.current += 1;
		const mine = asking.current;
		setLoading(true);
		const answer = await latest.current();
		if (mine !== asking.current) return;
		setLoading(false);
		setState((before) => {
			const kept = before.key === key ? before.value : undefined;
			return answer.ok ? { key, value: answer.value } : { key, value: kept, failure: answer.error };
		});
	}, [key]);

	useEffect(() => {
		let timer: ReturnType<typeof setTimeout> | undefined;
		let isOver = false;
		const again = async () => {
			if (document.visibilityState === "visible") await ask();
			if (!isOver && pollMs !== undefined) timer = setTimeout(() => void again(), pollMs);
		};
		void again();
		return () => {
			isOver = true;
			asking.current += 1;
			clearTimeout(timer);
		};
	}, [ask, pollMs]);

	const isCurrent = state.key === key;
	return {
		value: isCurrent ? state.value : undefined,
		failure: isCurrent ? state.failure : undefined,
		isLoading: key !== null && (isLoading || !isCurrent),
		reload: () => void ask(),
	};
}
