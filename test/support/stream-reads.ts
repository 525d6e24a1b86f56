/** The ways in which the bytes of a stream come, read by read. */
import * as fc from "fast-check";

/** A place in something, evenly anywhere from its beginning to its end. (`fc.double` is even over the exponents.) */
export const place = fc.noBias(fc.nat(1_000_000)).map((millionths) => millionths / 1_000_000);

/** Places at which to cut; none leaves a stream whole. */
export const places = fc.array(place, { maxLength: 12 });

/** Cuts bytes at these places, each a fraction of the whole; equal places leave empty pieces. */
export function piecesAt(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
	const cuts = places.map((each) => Math.floor(each * bytes.length)).sort((left, right) => left - right);
	return [...cuts, bytes.length].map((end, position) => bytes.subarray(cuts[position - 1] ?? 0, end));
}

/** Cuts bytes into pieces of this many; the last may be shorter. */
export function piecesOfSize(bytes: Uint8Array, size: number): Uint8Array[] {
	return Array.from({ length: Math.ceil(bytes.length / size) }, (_, position) =>
		bytes.subarray(position * size, (position + 1) * size),
	);
}
