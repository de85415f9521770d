/**
 * Azure Pipelines: a pipeline extends the template that its repository resource names, a step has the variables of its
 * job and what its `env` maps, and a service connection hands out tokens while a task that names it runs.
 */
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { parse } from "yaml";

import { checkOut, type Outcome, Platform, type Remembered, type Trigger, variables } from "./platform";
import { Repository, starterFilesOnAzureDevOps, temporary } from "./repository";

interface Step {
  readonly checkout?: string;
  readonly path?: string;
  readonly fetchDepth?: number;
  readonly persistCredentials?: boolean;
  readonly download?: string;
  readonly bash?: string;
  readonly task?: string;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly condition?: string;
  readonly displayName?: string;
}

interface Job {
  readonly job?: string;
  readonly deployment?: string;
  readonly displayName?: string;
  readonly environment?: string;
  readonly variables?: readonly { readonly group: string }[];
  readonly steps?: readonly Step[];
  readonly strategy?: { readonly runOnce: { readonly deploy: { readonly steps: readonly Step[] } } };
}

interface Pipeline {
  readonly resources: { readonly repositories: readonly { repository: string; name: string; ref: string }[] };
  readonly extends: { readonly template: string };
}

interface Build {
  readonly id: number;
  readonly definition: number;
  readonly sourceBranch: string;
  readonly sourceVersion: string;
  readonly tags: string[];
}

const [project, repositoryId, definition] = ["4711", "0815", 12];
const reasons = { push: "BatchedCI", byHand: "Manual", schedule: "Schedule", pullRequest: "PullRequest" } as const;
const connections: Readonly<Record<string, string>> = {
  "federated-mlops-prod": "c-prod",
  "federated-mlops-dev": "c-dev",
};

export class AzurePipelines extends Platform {
  readonly remembering = "/tags";
  readonly builds: Build[] = [];
  /** Runs that are kept when others are deleted. */
  readonly kept: number[] = [];
  /** The service connection that the running task names. */
  private connection: string | undefined;

  private constructor(
    repository: Repository,
    /** What the experiments' authors cannot change alone. */
    readonly pipelines: Repository,
  ) {
    super(repository);
  }

  static on(): AzurePipelines {
    const files = starterFilesOnAzureDevOps();
    const pipelines = new Repository(files.pipelines);
    pipelines.commit();
    return new AzurePipelines(new Repository(files.experiments), pipelines);
  }

  submit(trigger: Trigger): Promise<Outcome> {
    return this.run("azure-pipelines.yml", "submit", trigger);
  }

  devRun(sha: string, job: "references" | "dev-run" = "dev-run"): Promise<Outcome> {
    return this.run("dev-run.yml", job, { event: "pullRequest", sha });
  }

  urlOf(run: number): string {
    return `${this.address}/contoso/${project}/_build/results?buildId=${run}`;
  }

  remembered(): Remembered[] {
    return this.builds.flatMap(({ tags, sourceVersion }) =>
      tags
        .filter((tag) => tag.startsWith("submitted-"))
        .map((tag) => tag.replace("submitted-", ""))
        // The platform's own result tells the rest: nothing is added where a job succeeds.
        .map((name) => ({
          directory: `jobs/${name}`,
          commit: sourceVersion,
          state: tags.includes(`failed-${name}`) ? "failed" : "succeeded",
        })),
    );
  }

  private async run(file: string, name: string, trigger: Trigger): Promise<Outcome> {
    const job = this.jobs(file, trigger.sha).find(({ displayName }) => displayName === name);
    if (job === undefined) throw new Error(`${file} has no job ${name}.`);
    const proposed = trigger.event === "pullRequest";
    const sourceBranch = trigger.ref ?? (proposed ? "refs/pull/7/merge" : "refs/heads/main");
    const id = trigger.run ?? this.nextRun();
    if (!this.builds.some((build) => build.id === id)) {
      this.builds.push({
        id,
        definition: proposed ? 13 : definition,
        sourceBranch,
        sourceVersion: trigger.sha,
        tags: [],
      });
    }
    const [directory, home] = [temporary(), temporary()];
    const environment = {
      TF_BUILD: "True",
      AGENT_BUILDDIRECTORY: directory,
      AGENT_TEMPDIRECTORY: home,
      BUILD_BUILDID: String(id),
      BUILD_REASON: reasons[trigger.event ?? "push"],
      BUILD_REPOSITORY_ID: repositoryId,
      BUILD_SOURCEBRANCH: sourceBranch,
      BUILD_SOURCEVERSION: trigger.claims ?? trigger.sha,
      BUILD_SOURCEVERSIONMESSAGE: '"; exit 0 #',
      SYSTEM_COLLECTIONURI: `${this.address}/contoso/`,
      SYSTEM_DEFINITIONID: String(definition),
      SYSTEM_JOBATTEMPT: String(trigger.attempt ?? 1),
      SYSTEM_OIDCREQUESTURI: `${this.address}/oidctoken`,
      SYSTEM_TEAMPROJECTID: project,
      ...(proposed ? { SYSTEM_PULLREQUEST_PULLREQUESTID: "7" } : {}),
      ...Object.assign({}, ...(job.variables ?? []).map(({ group }) => groupOf(group, trigger.reviewedSince))),
    } as Record<string, string>;

    let succeeded = true;
    let log = "";
    for (const step of job.steps ?? job.strategy?.runOnce.deploy.steps ?? []) {
      if (step.download === "none") continue;
      if (step.checkout !== undefined) {
        this.checkOut(directory, trigger.sha, step);
        continue;
      }
      if (!succeeded && step.condition !== "succeededOrFailed()") continue;
      await trigger.before?.[step.displayName ?? ""]?.();
      const own = Object.entries(step.env ?? {}).map(([key, text]) => [key, expanded(text)]);
      const env = { ...environment, ...this.signedIn(step), ...(Object.fromEntries(own) as Record<string, string>) };
      const script = step.bash ?? step.inputs?.["inlineScript"] ?? "";
      const { code, output } = await this.shell(script, { cwd: directory, home, env });
      this.connection = undefined;
      log += output;
      succeeded &&= code === 0;
    }
    return { succeeded, ...withoutSummaries(log) };
  }

  /** The jobs of a pipeline: those of the template that it extends, in the repository and at the ref that it names. */
  private jobs(file: string, sha: string): Job[] {
    const pipeline = parse(this.repository.git("show", `${sha}:${file}`)) as Pipeline;
    const [template, alias] = pipeline.extends.template.split("@");
    const resource = pipeline.resources.repositories.find((one) => one.repository === alias);
    if (resource?.name !== "fl-experiments-pipelines") throw new Error("The template lies elsewhere.");
    const { stages } = parse(this.pipelines.git("show", `${resource.ref}:${template}`)) as {
      stages: { jobs: Job[] }[];
    };
    return stages.flatMap(({ jobs }) => jobs);
  }

  private checkOut(directory: string, sha: string, step: Step): void {
    if (step.persistCredentials !== false) throw new Error("The token would stay in the checkout.");
    const workspace = join(directory, step.path ?? "");
    mkdirSync(workspace, { recursive: true });
    if (step.checkout === "self") return checkOut(this.repository.directory, sha, step.fetchDepth ?? 0, workspace);
    const other = /^git:\/\/contoso-fl\/fl-experiments-pipelines@(refs\/heads\/.*)$/.exec(step.checkout ?? "")?.[1];
    if (other === undefined) throw new Error(`${step.checkout} is not known here.`);
    checkOut(this.pipelines.directory, this.pipelines.git("rev-parse", other), step.fetchDepth ?? 0, workspace);
  }

  /** What AzureCLI@2 adds to a script's environment. */
  private signedIn({ task, inputs = {} }: Step): Record<string, string> {
    if (task === undefined) return {};
    if (task !== "AzureCLI@2") throw new Error(`${task} is not known here.`);
    if (inputs["scriptType"] !== "bash" || inputs["scriptLocation"] !== "inlineScript") throw new Error("Not bash.");
    this.connection = connections[inputs["azureSubscription"] ?? ""];
    if (this.connection === undefined) throw new Error(`There is no connection ${inputs["azureSubscription"]}.`);
    return { AZURESUBSCRIPTION_SERVICE_CONNECTION_ID: this.connection, AZURE_CONFIG_DIR: temporary() };
  }

  protected answer(method: string, url: URL, { token, body }: { token: string; body: string }): [number, unknown] {
    if (token !== "Bearer job-token" || url.searchParams.get("api-version") !== "7.1") return [401, {}];
    if (url.pathname === "/oidctoken") {
      const allowed = method === "POST" && url.searchParams.get("serviceConnectionId") === this.connection;
      return allowed ? [200, { oidcToken: this.newToken("api://AzureADTokenExchange") }] : [403, {}];
    }
    const path = url.pathname.replace(`/contoso/${project}/_apis/`, "");
    const asked: unknown = body === "" ? undefined : JSON.parse(body);
    const operation = path.replace(/\/(\d+)(?=\/|$)/g, (_, number: string) => `/{${number === "7" ? "pull" : "id"}}`);
    this.asked.push({ operation: `${method} ${operation}`, query: [...url.searchParams.keys()], body: asked });
    const query = Object.fromEntries(url.searchParams);
    switch (`${method} ${operation}`) {
      case "GET build/builds": {
        const found = this.builds
          .filter(
            (build) =>
              String(build.definition) === query["definitions"] &&
              build.sourceBranch === query["branchName"] &&
              build.tags.includes(query["tagFilters"] ?? ""),
          )
          .sort((left, right) => right.id - left.id);
        return [200, { value: query["$top"] === "1" ? found.slice(0, 1) : [] }];
      }
      case "POST build/builds/{id}/tags": {
        const build = this.builds.find(({ id }) => id === Number(path.split("/")[2]));
        build?.tags.push(...(asked as string[]));
        return [200, { value: build?.tags }];
      }
      case "POST build/retention/leases":
        this.kept.push(...(asked as { runId: number }[]).map(({ runId }) => runId));
        return [200, { value: [{ leaseId: 1 }] }];
      case "POST git/repositories/{id}/pullrequestquery": {
        const [sha = ""] = (asked as { queries: { items: string[] }[] }).queries[0]?.items ?? [];
        const pulls = [
          { pullRequestId: 6, status: "abandoned" },
          { pullRequestId: 7, status: "completed" },
        ];
        return [200, { results: [{ [sha]: pulls }] }];
      }
      case "GET git/repositories/{id}/pullRequests/{pull}/reviewers": {
        const voted = (uniqueName: string, vote: number, isContainer = false) => ({ uniqueName, vote, isContainer });
        return [200, { value: [voted("grace", 10), voted("ada", 5), voted("eve", 0), voted("leads", 10, true)] }];
      }
      default:
        return [404, {}];
    }
  }
}

/** The variables of a group. One that is there becomes part of a step's environment by itself. */
function groupOf(name: string, reviewedSince: string | undefined): Record<string, string> {
  if (!(name in connections)) throw new Error(`There is no variable group ${name}.`);
  return { ...variables, ...(reviewedSince === undefined ? {} : { REVIEWED_SINCE: reviewedSince }) };
}

/** The one macro that these pipelines use. */
function expanded(text: string): string {
  if (text !== "$(System.AccessToken)") throw new Error(`The macro ${text} is not known here.`);
  return "job-token";
}

/** Takes the command by which a step hands over its summary from the log, as the agent does. */
function withoutSummaries(log: string): { log: string; summary: string } {
  const command = /^##vso\[task\.uploadsummary\](.*)\n/gm;
  const files = [...log.matchAll(command)].map(([, file = ""]) => file).filter((file) => existsSync(file));
  return { log: log.replace(command, ""), summary: files.map((file) => readFileSync(file, "utf8")).join("") };
}
