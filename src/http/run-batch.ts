import { err, ok, type Result } from "../core/result.ts";

/** The first failure of a batch, and whose it was. */
export interface BatchFailure<Failure> {
	readonly index: number;
	readonly failure: Failure;
}

/**
 * Works through a batch in order, `atOnce` at a time. At the first failure nothing more is begun, and `stop` is called once
 * to end what is running; the batch is over when all of that has ended. The values are in the batch's order.
 */
export async function runBatch<Value, Failure>(
	count: number,
	atOnce: number,
	work: (index: number) => Promise<Result<Value, Failure>>,
	stop: () => void,
): Promise<Result<Value[], BatchFailure<Failure>>> {
	const values: Value[] = [];
	let first: BatchFailure<Failure> | undefined;
	let next = 0;
	const workOn = async () => {
		while (first === undefined && next < count) {
			const index = next++;
			const done = await work(index);
			if (done.ok) values[index] = done.value;
			else if (first === undefined) {
				first = { index, failure: done.error };
				stop();
			}
		}
	};
	await Promise.all(Array.from({ length: Math.min(count, atOnce) }, workOn));
	return first === undefined ? ok(values) : err(first);
}
