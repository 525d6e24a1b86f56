const HEAD_END = "\r\n\r\n";
const LAST_CHUNK = Buffer.from("0\r\n\r\n");

/** One message off a keep-alive connection. */
export interface HttpMessage {
	/** First line and headers. */
	readonly head: string;
	/** The body where it was asked for; its chunk sizes are left in. */
	readonly body: Buffer;
}

/**
 * Cuts a connection's bytes into HTTP/1.1 messages. Only what both ends of this benchmark send is understood, so that
 * finding a message's end costs almost nothing; a general parser would be most of what is measured.
 */
export function createMessageCutter(
	keepBody: boolean,
	onMessage: (message: HttpMessage) => void,
): (bytes: Buffer) => void {
	const nothing = Buffer.alloc(0);
	let head: string | undefined;
	let bytesLeft = 0;
	let chunked = false;
	let kept: Buffer = nothing;

	const finish = () => {
		const message = { head: head ?? "", body: kept };
		head = undefined;
		kept = nothing;
		onMessage(message);
	};
	return (bytes) => {
		let body = bytes;
		if (head === undefined) {
			const soFar = kept.length === 0 ? bytes : Buffer.concat([kept, bytes]);
			const end = soFar.indexOf(HEAD_END);
			if (end < 0) {
				kept = soFar;
				return;
			}
			head = soFar.toString("latin1", 0, end);
			kept = nothing;
			body = soFar.subarray(end + HEAD_END.length);
			const length = /^content-length: *(\d+)/imu.exec(head)?.[1];
			chunked = length === undefined && /^transfer-encoding: *chunked/imu.test(head);
			bytesLeft = Number(length ?? 0);
		}
		// The end marker of a chunked body may be split, so a few bytes are kept where the body is not.
		if (keepBody || chunked)
			kept = kept.length === 0 ? body : Buffer.concat([keepBody ? kept : kept.subarray(-LAST_CHUNK.length), body]);
		bytesLeft -= body.length;
		if (chunked ? kept.subarray(-LAST_CHUNK.length).equals(LAST_CHUNK) : bytesLeft <= 0) finish();
	};
}
