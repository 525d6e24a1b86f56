import { writeFileSync } from "node:fs";
import type { WriteReport } from "../tune/tune-command.ts";
import { reportModel } from "./build-report-model.ts";
import { renderReport } from "./render-report.ts";

/** What `cascade tune --html FILE` calls. Throws where the file cannot be written. */
export const writeTuningReport: WriteReport = (file, result) => {
	writeFileSync(file, renderReport(reportModel(result)));
};
