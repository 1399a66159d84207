/** Address words mean nothing outside the process that printed them: all are 0x0 here. */
const APP = "github.com/cosmos/cosmos-sdk/baseapp";
const FILES = "mod/github.com/cosmos/cosmos-sdk@v0.50.11/baseapp";
const EMISSIONS = "github.com/allora-network/allora-chain/x/emissions";

/**
 * The message server ran into a nil pointer: a payload without its bundle. The node recovers and
 * reports code 111222 with the stack of its own build, which clients have been seen to print whole.
 */
export class NilPointer extends Error {
  constructor(generation: 9 | 10) {
    super(
      `recovered: runtime error: invalid memory address or nil pointer dereference\nstack:\n` +
        `goroutine 1 [running]:\n${
          frames(generation).map(([at, file]) => `${at}\n\t${file}\n`).join("")
        }`,
    );
    this.name = "NilPointer";
  }
}

function frames(generation: 9 | 10): readonly (readonly [string, string])[] {
  const line = generation === 10 ? 26876 : 25677; // of the generated service
  return [
    [
      `runtime/debug.Stack()`,
      `go/src/runtime/debug/stack.go:26 +0x0`,
    ],
    [
      `${APP}.NewBaseApp.newDefaultRecoveryMiddleware.func5({0x0, 0x0})`,
      `${FILES}/recovery.go:74 +0x0`,
    ],
    [
      `${APP}.NewBaseApp.newDefaultRecoveryMiddleware.newRecoveryMiddleware.func7({0x0?, 0x0?})`,
      `${FILES}/recovery.go:42 +0x0`,
    ],
    [
      `${APP}.processRecovery({0x0, 0x0}, 0x0?)`,
      `${FILES}/recovery.go:31 +0x0`,
    ],
    [
      `${APP}.processRecovery({0x0, 0x0}, 0x0?)`,
      `${FILES}/recovery.go:36 +0x0`,
    ],
    [
      `${APP}.(*BaseApp).runTx.func1()`,
      `${FILES}/baseapp.go:842 +0x0`,
    ],
    [
      `panic({0x0?, 0x0?})`,
      `go/src/runtime/panic.go:860 +0x0`,
    ],
    [
      `${EMISSIONS}/facade/v${generation}.msgServer.InsertWorkerPayload({{0x0, 0x0}, {{0x0, 0x0}, {0x0, 0x0}, {0x0, 0x0}, {0x0, 0x0}, ...}}, ...)`,
      `src/x/emissions/facade/v${generation}/common.go:229 +0x0`,
    ],
    [
      `${EMISSIONS}/gen/v${generation}._MsgService_InsertWorkerPayload_Handler.func1({0x0?, 0x0?}, {0x0?, 0x0?})`,
      `src/x/emissions/gen/v${generation}/all.pb.go:${line} +0x0`,
    ],
    [
      `${APP}.(*MsgServiceRouter).registerMsgServiceHandler.func2.1({0x0, 0x0}, {0x0?, 0x0?}, 0x0?, 0x0)`,
      `${FILES}/msg_service_router.go:175 +0x0`,
    ],
    [
      `${EMISSIONS}/gen/v${generation}._MsgService_InsertWorkerPayload_Handler({0x0, 0x0}, {0x0, 0x0}, 0x0, 0x0)`,
      `src/x/emissions/gen/v${generation}/all.pb.go:${line + 2} +0x0`,
    ],
    [
      `${APP}.(*MsgServiceRouter).registerMsgServiceHandler.func2({{0x0, 0x0}, {0x0, 0x0}, {{0x0, 0x0}, {0x0, 0x0}, 0x0, {0x0, ...}, ...}, ...}, ...)`,
      `${FILES}/msg_service_router.go:198 +0x0`,
    ],
    [
      `${APP}.(*BaseApp).runMsgs(_, {{0x0, 0x0}, {0x0, 0x0}, {{0x0, 0x0}, {0x0, 0x0}, 0x0, ...}, ...}, ...)`,
      `${FILES}/baseapp.go:1021 +0x0`,
    ],
    [
      `${APP}.(*BaseApp).runTx(0x0, 0x0, {0x0, 0x0, 0x0})`,
      `${FILES}/baseapp.go:959 +0x0`,
    ],
    [
      `${APP}.(*BaseApp).deliverTx(0x0, {0x0?, 0x0?, 0x0?})`,
      `${FILES}/baseapp.go:768 +0x0`,
    ],
    [
      `${APP}.(*BaseApp).internalFinalizeBlock(0x0, {0x0, 0x0}, 0x0)`,
      `${FILES}/abci.go:793 +0x0`,
    ],
    [
      `${APP}/oe.(*OptimisticExecution).Execute.func1()`,
      `${FILES}/oe/optimistic_execution.go:108 +0x0`,
    ],
    [
      `created by ${APP}/oe.(*OptimisticExecution).Execute in goroutine 1`,
      `${FILES}/oe/optimistic_execution.go:106 +0x0`,
    ],
  ];
}
