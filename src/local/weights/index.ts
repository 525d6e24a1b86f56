/**
 * The weight files as modules of the Worker. Only Worker entry points import this
 * file: Node cannot import `.bin` and reads them through `load-from-disk.ts`.
 */
import type { LocalWeights } from "../models/catalogue.ts";
import mailChecker from "./mail-checker.bin";
import mailLarge from "./mail-large.bin";
import mailMedium from "./mail-medium.bin";
import mailSmall from "./mail-small.bin";
import proseLarge from "./prose-large.bin";
import proseSmall from "./prose-small.bin";

/** The bytes of every weight file bundled with the Worker, by model name. */
export const bundledWeights: LocalWeights = {
	"@local/mail-small": mailSmall,
	"@local/mail-medium": mailMedium,
	"@local/mail-checker": mailChecker,
	"@local/prose-small": proseSmall,
	"mail-large": mailLarge,
	"prose-large": proseLarge,
};
