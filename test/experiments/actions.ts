/** GitHub Actions: a job of a workflow has the rights that its `permissions` give and no more. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { parse } from "yaml";

import { checkOut, type Outcome, Platform, type Remembered, type Trigger, variables } from "./platform";
import { Repository, starterFiles, temporary } from "./repository";

interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly run?: string;
  readonly if?: string;
  readonly env?: Readonly<Record<string, string>>;
}

interface WorkflowJob {
  readonly permissions: Readonly<Record<string, string>>;
  readonly environment?: string;
  readonly steps: readonly Step[];
}

export interface WorkflowTrigger extends Trigger {
  /** Whether the branch has rules. */
  readonly protected?: boolean;
}

interface Deployment {
  readonly id: number;
  readonly sha: string;
  readonly task: string;
  readonly environment: string;
  readonly payload: unknown;
  readonly statuses: { readonly state: string }[];
}

const fullName = "contoso-fl/fl-experiments";
const events = {
  push: "push",
  byHand: "workflow_dispatch",
  schedule: "schedule",
  pullRequest: "pull_request",
} as const;

export class Actions extends Platform {
  readonly remembering = `POST /repos/${fullName}/deployments`;
  readonly deployments: Deployment[] = [];
  private permissions: Readonly<Record<string, string>> = {};

  static on(repository = new Repository(starterFiles())): Actions {
    return new Actions(repository);
  }

  submit(trigger: WorkflowTrigger): Promise<Outcome> {
    return this.run("submit.yml", "submit", trigger);
  }

  async devRun(sha: string, job: "references" | "dev-run" = "dev-run"): Promise<Outcome> {
    return this.run("dev-run.yml", job, { event: "pullRequest", sha });
  }

  urlOf(run: number): string {
    return `https://github.com/${fullName}/actions/runs/${run}`;
  }

  remembered(): Remembered[] {
    return this.deployments.map(({ task, sha, statuses }) => ({
      directory: task.replace("submit:", "jobs/"),
      commit: sha,
      state: ({ success: "succeeded", failure: "failed" } as const)[statuses[0]?.state ?? ""] ?? "submitted",
    }));
  }

  private async run(workflow: string, jobName: string, trigger: WorkflowTrigger): Promise<Outcome> {
    const file = parse(this.repository.git("show", `${trigger.sha}:.github/workflows/${workflow}`)) as {
      jobs: Record<string, WorkflowJob>;
    };
    const job = file.jobs[jobName];
    if (job === undefined) throw new Error(`${workflow} has no job ${jobName}.`);
    this.permissions = job.permissions;
    const [workspace, home] = [temporary(), temporary()];
    const summary = join(home, "summary.md");
    const event = join(home, "event.json");
    writeFileSync(event, JSON.stringify({ number: 7, pull_request: { title: '"; exit 0 #' } }));
    const proposed = trigger.event === "pullRequest";
    const environment = {
      RUNNER_TEMP: home,
      GITHUB_ACTIONS: "true",
      GITHUB_API_URL: this.address,
      GITHUB_EVENT_NAME: events[trigger.event ?? "push"],
      GITHUB_EVENT_PATH: event,
      GITHUB_REF: trigger.ref ?? (proposed ? "refs/pull/7/merge" : "refs/heads/main"),
      GITHUB_REF_PROTECTED: String(trigger.protected ?? !proposed),
      GITHUB_REF_TYPE: "branch",
      GITHUB_REPOSITORY: fullName,
      GITHUB_RUN_ATTEMPT: String(trigger.attempt ?? 1),
      GITHUB_RUN_ID: String(trigger.run ?? this.nextRun()),
      GITHUB_SERVER_URL: "https://github.com",
      GITHUB_SHA: trigger.claims ?? trigger.sha,
      GITHUB_STEP_SUMMARY: summary,
      ...(job.permissions["id-token"] === "write"
        ? {
            ACTIONS_ID_TOKEN_REQUEST_URL: `${this.address}/oidc?api-version=2.0`,
            ACTIONS_ID_TOKEN_REQUEST_TOKEN: "request-token",
          }
        : {}),
    };

    let succeeded = true;
    let log = "";
    for (const step of job.steps) {
      if (step.uses !== undefined) {
        this.checkOut(workspace, trigger.sha, step);
        continue;
      }
      if (!succeeded && !/!cancelled\(\)/.test(step.if ?? "")) continue;
      await trigger.before?.[step.name ?? ""]?.();
      const own = Object.entries(step.env ?? {}).map(([name, text]) => [name, expanded(text, trigger.reviewedSince)]);
      const env = { ...environment, ...(Object.fromEntries(own) as Record<string, string>) };
      const { code, output } = await this.shell(step.run ?? "", { cwd: workspace, home, env });
      log += output;
      succeeded &&= code === 0;
    }
    return { succeeded, log, summary: existsSync(summary) ? readFileSync(summary, "utf8") : "" };
  }

  /** actions/checkout, as far as these workflows use it. */
  private checkOut(workspace: string, sha: string, { uses, with: inputs = {} }: Step): void {
    if (!/^actions\/checkout@[0-9a-f]{40}$/.test(uses ?? "")) throw new Error(`${uses} is not known here.`);
    if (inputs["persist-credentials"] !== false) throw new Error("The token would stay in the checkout.");
    checkOut(this.repository.directory, sha, Number(inputs["fetch-depth"] ?? 1), workspace);
  }

  protected answer(method: string, url: URL, { token, body }: { token: string; body: string }): [number, unknown] {
    if (url.pathname === "/oidc") {
      if (token !== "Bearer request-token") return [401, {}];
      return [200, { value: this.newToken(url.searchParams.get("audience")) }];
    }
    const path = url.pathname.replace(`/repos/${fullName}/`, "");
    const right = path.startsWith("deployments")
      ? "deployments"
      : path.endsWith("/pulls") || path.startsWith("pulls/")
        ? "pull-requests"
        : "contents";
    const given = this.permissions[right];
    if (token !== "Bearer job-token" || given === undefined || (method === "POST" && given !== "write"))
      return [403, {}];
    const asked = body === "" ? {} : (JSON.parse(body) as Record<string, unknown>);
    const id = Number(/^deployments\/(\d+)\/statuses$/.exec(path)?.[1]);
    const operation = path.replace(
      /^(commits|pulls|deployments)\/[^/]+/,
      (_, kind: "commits" | "pulls" | "deployments") =>
        `${kind}/${{ commits: "{commit_sha}", pulls: "{pull_number}", deployments: "{deployment_id}" }[kind]}`,
    );
    this.asked.push({
      operation: `${method.toLowerCase()} /repos/{owner}/{repo}/${operation}`,
      query: [...url.searchParams.keys()],
      body: body === "" ? undefined : asked,
    });
    const deployment = this.deployments.find((one) => one.id === id);
    if (deployment !== undefined) {
      if (method === "GET") return [200, deployment.statuses.slice(0, 1)];
      deployment.statuses.unshift({ state: String(asked.state) });
      return [201, {}];
    }
    if (path === "deployments" && method === "GET") {
      const { environment, task } = Object.fromEntries(url.searchParams);
      return [200, this.deployments.filter((one) => one.environment === environment && one.task === task).reverse()];
    }
    if (path === "deployments") {
      const made = { id: 100 + this.deployments.length, sha: String(asked.ref), statuses: [] };
      const { task, environment } = asked as { task: string; environment: string };
      this.deployments.push({ ...made, task, environment, payload: asked.payload });
      return [201, made];
    }
    const commit = /^commits\/([0-9a-f]{40})\/pulls$/.exec(path)?.[1];
    if (commit !== undefined)
      return [
        200,
        [
          { number: 6, merge_commit_sha: "0" },
          { number: 7, merge_commit_sha: commit },
        ],
      ];
    if (path === "pulls/7/reviews") {
      const review = (login: string, state: string) => ({ user: { login }, state });
      return [200, [review("grace", "APPROVED"), review("ada", "APPROVED"), review("eve", "COMMENTED")]];
    }
    return [404, {}];
  }
}

/** The expressions that these workflows use, and no others. */
function expanded(text: string, reviewedSince = ""): string {
  return text.replace(/\$\{\{ (.*?) \}\}/g, (_, expression: string) => {
    const variable = { ...variables, REVIEWED_SINCE: reviewedSince }[expression.replace(/^vars\./, "")];
    const value = expression === "github.token" ? "job-token" : variable;
    if (value === undefined) throw new Error(`The expression ${expression} is not known here.`);
    return value;
  });
}
