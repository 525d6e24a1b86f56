/** One request as a fake far side saw it. */
export interface RecordedCall {
	readonly model: string;
	readonly body: unknown;
	readonly headers: Readonly<Record<string, string>>;
	/** The caller closed the connection before the answer had ended. */
	readonly left: boolean;
	/** What the fake has sent of its answer so far. */
	readonly sentBytes: number;
}

/** The calls that a fake has had under this tag, oldest first. Runs in Node and in the Workers runtime. */
export async function callsTo(fakeUrl: string, tag: string): Promise<readonly RecordedCall[]> {
	const response = await fetch(`${fakeUrl}/-/calls?tag=${encodeURIComponent(tag)}`);
	return (await response.json()) as RecordedCall[];
}

/** Whether a caller under this tag has closed its connection before the answer's end, within so many milliseconds. */
export async function callerLeft(fakeUrl: string, tag: string, ms: number): Promise<boolean> {
	const response = await fetch(`${fakeUrl}/-/left?tag=${encodeURIComponent(tag)}&ms=${ms}`);
	return (await response.json()) as boolean;
}
