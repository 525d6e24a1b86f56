import { segment, text } from "./elements.ts";
import type { Plane } from "./plane.ts";

/** A label and the point that it belongs to, in pixels. */
export interface Label {
	readonly x: number;
	readonly y: number;
	readonly text: string;
	readonly className: string;
}

interface Rectangle {
	readonly left: number;
	readonly right: number;
	readonly top: number;
	readonly bottom: number;
}

/** How wide a character of 12 pixels is in a wide typeface; and how much more in bold. */
const CHARACTER = 7.1;
const BOLD = 1.12;
const HEIGHT = 15;
/** No farther away a label needs no line to its point. */
const NEAR = 20;
const DISTANCES = [9, 16, 26, 38, 54, 74, 98] as const;
const DIRECTIONS = [
	[1, 0],
	[1, -1],
	[1, 1],
	[0, -1],
	[0, 1],
	[-1, -1],
	[-1, 1],
	[-1, 0],
] as const;

/**
 * Draws labels beside their points where they cover no other label or point, keep inside the plane, and cross as little as
 * can be of the curves (`ink`, points along them in pixels); farther away with a line to the point. Greedy, in the order
 * given.
 */
export function drawLabels(
	plane: Plane,
	labels: readonly Label[],
	ink: readonly (readonly [number, number])[] = [],
): string {
	const points = labels.map(({ x, y }) => around(x, y, 7));
	const placed: Place[] = [];
	return labels
		.map((label, index) => {
			const taken = [...points.filter((_, other) => other !== index), ...placed.map(({ rectangle }) => rectangle)];
			const leaders = placed.flatMap(({ leader }) => leader);
			const place = bestPlace(plane, label, { taken, leaders, ink });
			placed.push(place);
			return drawLabel(label, place);
		})
		.join("");
}

interface Place {
	readonly rectangle: Rectangle;
	/** Points along the line to the label's point; empty where it is near enough. */
	readonly leader: readonly (readonly [number, number])[];
}

interface Surroundings {
	readonly taken: readonly Rectangle[];
	readonly leaders: readonly (readonly [number, number])[];
	readonly ink: readonly (readonly [number, number])[];
}

function bestPlace(plane: Plane, label: Label, { taken, leaders, ink }: Surroundings): Place {
	const width = label.text.length * CHARACTER * (label.className === "main" ? BOLD : 1);
	let best: Place | undefined;
	let least = Number.POSITIVE_INFINITY;
	for (const distance of DISTANCES)
		for (const [across, down] of DIRECTIONS) {
			const left = label.x + across * distance - (across === 0 ? width / 2 : across < 0 ? width : 0);
			const top = label.y + down * (distance + (across === 0 ? 3 : 0)) - HEIGHT / 2;
			const rectangle = { left, right: left + width, top, bottom: top + HEIGHT };
			const leader = distance > NEAR ? leaderTo(rectangle, label) : [];
			const cost =
				1_000 * taken.filter((other) => doOverlap(rectangle, other)).length +
				400 * outside(rectangle, plane) +
				60 * leader.filter((point) => taken.some((other) => isIn(other, point))).length +
				60 * leaders.filter((point) => isIn(rectangle, point)).length +
				9 * ink.filter((point) => isIn(rectangle, point)).length +
				distance;
			if (cost < least) [least, best] = [cost, { rectangle, leader }];
		}
	if (best === undefined) throw new RangeError("a label needs a point");
	return best;
}

function leaderTo({ left, right, top, bottom }: Rectangle, { x, y }: Label): [number, number][] {
	const end = [Math.min(Math.max(x, left), right), y < top ? top + 1 : Math.min(y, bottom - 1)] as const;
	const steps = Math.ceil(Math.hypot(end[0] - x, end[1] - y) / 4);
	return Array.from({ length: steps + 1 }, (_, step) => [
		x + ((end[0] - x) * step) / steps,
		y + ((end[1] - y) * step) / steps,
	]);
}

function drawLabel(label: Label, { rectangle: { left, right, bottom }, leader }: Place): string {
	// Set from the side of the point, so that a narrower typeface leaves no gap there.
	const anchor = right <= label.x ? "end" : left >= label.x ? "start" : "middle";
	const x = { end: right, start: left, middle: (left + right) / 2 }[anchor];
	const [from, to] = [leader[0], leader.at(-1)];
	return (
		(from === undefined || to === undefined ? "" : segment(from, to, "leader")) +
		text(x, bottom - 4, label.text, { className: `label ${label.className}`, anchor })
	);
}

function around(x: number, y: number, radius: number): Rectangle {
	return { left: x - radius, right: x + radius, top: y - radius, bottom: y + radius };
}

function doOverlap(first: Rectangle, second: Rectangle): boolean {
	return (
		first.left < second.right && second.left < first.right && first.top < second.bottom && second.top < first.bottom
	);
}

function isIn({ left, right, top, bottom }: Rectangle, [x, y]: readonly [number, number]): boolean {
	return x > left && x < right && y > top && y < bottom;
}

/** By how many pixels it leaves the plane. */
function outside({ left, right, top, bottom }: Rectangle, plane: Plane): number {
	return (
		Math.max(0, plane.left - left + 2) +
		Math.max(0, right - plane.right - RIGHT_ROOM) +
		Math.max(0, plane.top - top) +
		Math.max(0, bottom - plane.bottom + 2)
	);
}

/** Labels may use a little of the margin. */
const RIGHT_ROOM = 12;
