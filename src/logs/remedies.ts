import type { EventName } from "../events.ts";

/** Why an event that asks for attention comes, and what to do: for the journal's catalog. */
export interface Remedy {
  readonly cause: string;
  /** Commands stand between backquotes. */
  readonly remedy: string;
}

const NODES =
  "`allora-pipeline rpc` shows what each endpoint of ALLORA_RPC answers. Name more than one there: the " +
  "program fails over by itself.";
const OTHER_HOST =
  "Stop the other one (`sudo systemctl stop 'allora-pipeline-*'` there), or give each a " +
  "wallet of its own. If there is no other, the mnemonic is in " +
  "somebody else's hands: move the funds to a new wallet at once.";

/** A row for every event of level warn or error. */
export const REMEDIES: Readonly<Partial<Record<EventName, Remedy>>> = {
  "settings.topic_broken": {
    cause: "A file in topics/ has a setting that cannot be used. The other topics go on.",
    remedy: "Correct the file as the error says; `allora-pipeline help topic-file` is an example.",
  },
  "run.failed": {
    cause: "A visit ended before its topics could be looked at, or the daemon had to stop.",
    remedy:
      "Do what the hint behind the message says, then `allora-pipeline doctor`. The next visit " +
      "takes up what was under way; nothing is sent twice.",
  },
  "run.unrecorded": {
    cause:
      "The ledger could not be written: its disk is full, or another process holds it. The run goes on.",
    remedy:
      "Do what the hint behind the message says: nothing is signed until the ledger takes it down. " +
      "`allora-pipeline doctor` names the disk and the ledger.",
  },
  "topic.failed": {
    cause: "The visit to one topic failed; the other topics were served.",
    remedy:
      "`allora-pipeline predict --topic @ALLORA_TOPIC_ID@` repeats what comes before the wallet; do what " +
      "the hint behind the message says. While the window is open the next visit tries again by itself.",
  },
  "venue.failed": {
    cause: "A market venue did not answer, or answered with what is no candle; the next is asked.",
    remedy:
      "Nothing, unless it lasts: then `allora-pipeline doctor` tells a wrong key from a venue that is down; " +
      "correct the key, or ALLORA_VENUES.",
  },
  "candles.suspect": {
    cause: "A venue served a candle before it was final, or corrected its history.",
    remedy: "Nothing: it is fetched again, and a model that learnt from it is due for " +
      "`allora-pipeline train --topic @ALLORA_TOPIC_ID@`.",
  },
  "settling.failed": {
    cause: "Score and reward of a closed window could not be read from the chain.",
    remedy: `Nothing, unless it lasts: a later visit asks again. ${NODES}`,
  },
  "clock.skewed": {
    cause: "This machine's clock is wrong, or the chain stands still.",
    remedy:
      "`timedatectl` shows whether the clock is synchronised; `sudo timedatectl set-ntp true` has it " +
      "kept so. If it is right, the chain is late: nothing to do.",
  },
  "endpoint.failed": {
    cause: "A node did not answer, or its answer was not to be believed. Another one is asked.",
    remedy: `Nothing while others answer. ${NODES}`,
  },
  "endpoint.alone": {
    cause: "Only one node could be asked about the open window, so nobody confirmed its answer.",
    remedy: NODES,
  },
  "chain.upgraded": {
    cause: "The chain was upgraded. The program speaks the new version of its emissions module.",
    remedy: "Watch the next submission: `allora-pipeline history --last 3`.",
  },
  "chain.upgrade_planned": {
    cause: "The chain has decided to upgrade, and halts at that block until its nodes have.",
    remedy:
      "`allora-pipeline version` shows what runs here: look for a release that knows the upgrade, and install " +
      "it before.",
  },
  "model.retrain_advised": {
    cause:
      "The model is old, its errors have drifted, the history it learnt from was corrected, or " +
      "ALLORA_MODEL asks for another learner.",
    remedy:
      "`allora-pipeline train --topic @ALLORA_TOPIC_ID@`, or ALLORA_RETRAIN=auto to have it " +
      "done between windows.",
  },
  "model.retrain_failed": {
    cause: "Training between two windows failed; the model that was there goes on predicting.",
    remedy: "`allora-pipeline train --topic @ALLORA_TOPIC_ID@` shows the error in full.",
  },
  "prediction.warned": {
    cause: "The prediction is unusually large, but within ALLORA_REFUSE_ABOVE. It was submitted.",
    remedy:
      "Look at the market, and at `allora-pipeline predict --topic @ALLORA_TOPIC_ID@`. If such " +
      "moves are usual for the topic, raise ALLORA_WARN_ABOVE in its file.",
  },
  "prediction.fallback": {
    cause: "The model or the market failed in an open window, and a modest forecast stood in.",
    remedy:
      "Cure the error of the model: `allora-pipeline predict --topic @ALLORA_TOPIC_ID@` repeats " +
      "it. ALLORA_FALLBACK=no would leave such windows without a prediction.",
  },
  "prediction_validation_failed": {
    cause: "The prediction is impossible or implausible, and was not submitted.",
    remedy:
      "`allora-pipeline predict --topic @ALLORA_TOPIC_ID@` shows it and the reason. Train again, " +
      "or take the model back with `allora-pipeline models rollback --topic @ALLORA_TOPIC_ID@`.",
  },
  "registration.rejected": {
    cause: "The chain refused to register the wallet as a worker of the topic.",
    remedy:
      "`allora-pipeline wallet register --topic @ALLORA_TOPIC_ID@` says whether the wallet is " +
      "on the topic's whitelist, and what registering costs.",
  },
  "registration.expired": {
    cause: "No block took the registration before its timeout, so it never will be taken.",
    remedy: `Nothing: the next visit registers anew. If it lasts: ${NODES}`,
  },
  "submission.adopted": {
    cause:
      "The ledger was lost, replaced or restored, or the wallet is used on another machine too.",
    remedy:
      "Nothing is sent twice. After a restore this is expected; otherwise `allora-pipeline history --last 24` " +
      "shows since when, and the wallet must be used here only.",
  },
  "submission.rejected": {
    cause: "The chain refused the prediction of topic @ALLORA_TOPIC_ID@, nonce @ALLORA_NONCE@.",
    remedy: "The error names the reason. `allora-pipeline doctor` checks funds, whitelist and " +
      "registration.",
  },
  "submission.expired": {
    cause: "No block took the transaction before its timeout, so it never will be taken.",
    remedy: `Nothing: while the window is open it is submitted anew. If it lasts: ${NODES}`,
  },
  "submission.missed": {
    cause: "A window of topic @ALLORA_TOPIC_ID@ closed without a prediction: @ALLORA_REASON@.",
    remedy:
      "`systemctl list-timers 'allora-pipeline-*'` shows whether visits come. When they do, " +
      "`journalctl ALLORA_TOPIC_ID=@ALLORA_TOPIC_ID@ -p warning` shows what stopped them. Epochs of " +
      "a few minutes need the daemon in the timer's place.",
  },
  "window.unknown": {
    cause: "The ledger and the nodes that were asked cannot tell how a past window ended.",
    remedy:
      "Nothing can be done for that window. A node that keeps more history can tell: name one " +
      "in ALLORA_RPC, and `allora-pipeline rpc` shows whether it is used.",
  },
  "wallet.used_elsewhere": {
    cause: "The chain has transactions of the wallet that this ledger did not send.",
    remedy: OTHER_HOST,
  },
  "faucet.busy": {
    cause: "The faucet limits how often it gives.",
    remedy:
      "Nothing: it is asked again. If it ends with exit code 75, `allora-pipeline wallet faucet` later.",
  },
  "fee.cap_reached": {
    cause: "The fees of the last 24 hours and the next one together pass the cap.",
    remedy:
      "`allora-pipeline wallet balance` shows what is spent. If the gas price has risen and you " +
      "accept it, raise ALLORA_MAX_FEE_PER_DAY.",
  },
  "daemon.reload_failed": {
    cause: "The settings that SIGHUP had read again cannot be used.",
    remedy:
      "Correct them as the error says, then `sudo systemctl kill -s HUP allora-pipeline-daemon` again.",
  },
  "daemon.unsubscribed": {
    cause: "The websocket of a node closed, or was refused. The daemon polls in the meantime.",
    remedy: `Nothing: it subscribes again by itself. ${NODES}`,
  },
  "daemon.unnoticed": {
    cause: "The socket of systemd's notifications takes nothing.",
    remedy: "If systemd restarts the daemon for want of signs of life, look at its sandbox: " +
      "`systemctl show -P RestrictAddressFamilies allora-pipeline-daemon` must name AF_UNIX.",
  },
  "log.rotation_failed": {
    cause: "The log could not be moved aside or compressed. No line of it is lost.",
    remedy:
      "Do what the hint behind the message says: free space (`df -h`), or correct the owner and mode of " +
      "the log directory, which `allora-pipeline doctor` shows. The next rotation tries again.",
  },
  "alert.raised": {
    cause: "A check of the program's health found something wrong.",
    remedy:
      "The message says what; `allora-pipeline health` shows it with the command that cures it.",
  },
  "alert.worse": {
    cause: "What an earlier alert told of has become worse.",
    remedy:
      "The message says what; `allora-pipeline health` shows it with the command that cures it.",
  },
  "alert.reminder": {
    cause: "What an earlier alert told of is still so.",
    remedy:
      "`allora-pipeline health` shows it with the command that cures it; `allora-pipeline alert " +
      "silence 8h` stops the reminders meanwhile.",
  },
  "alert.not_delivered": {
    cause: "A channel did not take the alert. The other channels were told.",
    remedy:
      "The next run tries again. If it lasts, `allora-pipeline alert --test` tries every channel: " +
      "correct the one that fails, or its credential.",
  },
  "alert.given_up": {
    cause: "A channel did not take the alert for so long that it is not tried again.",
    remedy:
      "Correct the channel or its credential until `allora-pipeline alert --test` reaches it; " +
      "`allora-pipeline alert list` shows what it was not told.",
  },
  "alert.waiting": {
    cause: "Another run is telling the channels at this moment.",
    remedy: "Nothing: the next run tells what is left; `allora-pipeline alert list` shows it.",
  },
  "alert.failed": {
    cause: "What is to be told could not be found out. Submitting goes on.",
    remedy: "Do what the error says; `allora-pipeline alert list` shows whether it is cured.",
  },
  "metrics.unserved": {
    cause: "The address for metrics could not be listened on. Submitting goes on.",
    remedy:
      "Name another address in the settings, or stop what listens there: `ss -ltnp` shows it.",
  },
  "metrics.unwritten": {
    cause: "The file of metrics could not be written. Submitting goes on.",
    remedy:
      "`allora-pipeline doctor --settings` names the file: correct owner and mode of its directory, or free " +
      "space on its disk.",
  },
  "metrics.balance_unknown": {
    cause: "No node told the wallet's balance, so that the metrics leave it out.",
    remedy: `Nothing, unless it lasts. ${NODES}`,
  },
  "model.unusable": {
    cause:
      "The promoted model is damaged, or was made by another version of the program or for other settings.",
    remedy:
      "Nothing: the visit trains another. If it lasts, `allora-pipeline doctor` names the file.",
  },
  "model.retrain_waits": {
    cause:
      "ALLORA_RETRAIN=auto found a reason to train, but no visit of a day had the time for it.",
    remedy:
      "`allora-pipeline train --topic @ALLORA_TOPIC_ID@` at a quiet hour, or a longer ALLORA_RUN_TIMEOUT " +
      "(and TimeoutStartSec= of the unit).",
  },
  "topic.epoch_short": {
    cause: "The timer comes every 5 minutes, and must come three times in an epoch not to miss it.",
    remedy: "Run the daemon instead of the timer: `allora-pipeline schedule` prints the line.",
  },
  "price.not_now": {
    cause:
      "No venue gave the minute candle from which a price starts; the last whole candle's close stood in.",
    remedy:
      "Nothing, unless it lasts: then name a venue with minute candles in ALLORA_VENUES, and " +
      "`allora-pipeline predict --topic @ALLORA_TOPIC_ID@` shows whether they come.",
  },
  "truth.without_minutes": {
    cause:
      "No venue gave the minutes by which a price is scored; whole candles were used for our own record.",
    remedy: "Nothing: only `allora-pipeline history` and the drift check depend on it.",
  },
};
