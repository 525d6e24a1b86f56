import type { AdminReply } from "../../../admin/client-types.ts";

export type KeySummary = AdminReply<"keys.list">["items"][number];
export type MadeKey = AdminReply<"keys.create">;

/** Whether a key works at a moment, and why not. */
export function keyState(
	{ revokedAt, expiresAt }: KeySummary,
	now: number,
): "works" | "expires" | "expired" | "revoked" {
	if (revokedAt !== null) return "revoked";
	if (expiresAt === null) return "works";
	return expiresAt <= now ? "expired" : "expires";
}
