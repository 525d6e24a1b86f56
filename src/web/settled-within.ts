/** The value of the work, or undefined where it is not there within `ms`. The work itself goes on. */
export async function settledWithin<Value>(
	work: Promise<Value>,
	ms: number,
	clock: { readonly setTimer: (ms: number, onExpiry: () => void) => () => void },
): Promise<Value | undefined> {
	let cancel = () => {};
	const timeUp = new Promise<undefined>((resolve) => {
		cancel = clock.setTimer(ms, () => resolve(undefined));
	});
	try {
		return await Promise.race([work, timeUp]);
	} finally {
		cancel();
	}
}
