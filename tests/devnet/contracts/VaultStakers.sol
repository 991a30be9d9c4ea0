// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ERC1967Utils} from "@openzeppelin/contracts/proxy/ERC1967/ERC1967Utils.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {UUPSUpgradeable} from "@openzeppelin/contracts/proxy/utils/UUPSUpgradeable.sol";

import {G1Point, G2Point} from "./ProviderQueue.sol";
import {IRollupRegistry} from "./Aztec.sol";
import {StakingRegistry} from "./StakingRegistry.sol";

// What stands between a vault and staking, by generations. Stand-ins for the contracts of this role on Aztec's networks,
// written from their published interface and behaviour: no package holds the originals. Each generation keeps the
// mistakes of its original.

interface IVault {
    function getOperator() external view returns (address);
    function getBeneficiary() external view returns (address);
}

interface IStakedRollup {
    function getActivationThreshold() external view returns (uint256);
    function getGSE() external view returns (IGSE);
    function claimSequencerRewards(address coinbase) external returns (uint256);
    function initiateWithdraw(address attester, address recipient) external returns (bool);
    function finalizeWithdraw(address attester) external;
    /// No rollup has it: the spelling of a generation of stakers.
    function finaliseWithdraw(address attester) external;
    function deposit(
        address attester,
        address withdrawer,
        G1Point calldata publicKeyG1,
        G2Point calldata publicKeyG2,
        G1Point calldata proofOfPossession,
        bool moveWithLatestRollup
    ) external;
}

interface IGSE {
    function delegate(address instance, address attester, address delegatee) external;
    function isRegistered(address instance, address attester) external view returns (bool);
    function getBonusInstanceAddress() external view returns (address);
}

interface IGovernance {

    function deposit(address beneficiary, uint256 amount) external;
    function vote(uint256 proposalId, uint256 amount, bool support) external;
    function initiateWithdraw(address to, uint256 amount) external returns (uint256);
    function proposeWithLock(address payload, address to) external returns (uint256);
}

/// What every vault begins with. It cannot stake.
contract BaseStaker is UUPSUpgradeable {
    using SafeERC20 for IERC20;

    IERC20 public immutable STAKING_ASSET;
    IRollupRegistry public immutable ROLLUP_REGISTRY;
    StakingRegistry public immutable STAKING_REGISTRY;

    address internal atp;

    error NotOperator(address caller, address operator);
    error NotATP(address caller, address atp);
    error AlreadyInitialized();

    modifier onlyOperator() {
        if (msg.sender != getOperator()) revert NotOperator(msg.sender, getOperator());
        _;
    }

    constructor(StakingRegistry registry) {
        STAKING_REGISTRY = registry;
        STAKING_ASSET = registry.STAKING_ASSET();
        ROLLUP_REGISTRY = registry.ROLLUP_REGISTRY();
    }

    function initialize(address vault) external {
        if (atp != address(0)) revert AlreadyInitialized();
        atp = vault;
    }

    function getATP() public view returns (address) {
        return atp;
    }

    function getOperator() public view returns (address) {
        return IVault(atp).getOperator();
    }

    function getImplementation() external view returns (address) {
        return ERC1967Utils.getImplementation();
    }

    function _authorizeUpgrade(address) internal view override {
        if (msg.sender != atp) revert NotATP(msg.sender, atp);
    }

    function rollupOf(uint256 version) internal view returns (IStakedRollup) {
        return IStakedRollup(ROLLUP_REGISTRY.getRollup(version));
    }

    function pull(uint256 amount, address spender) internal {
        STAKING_ASSET.safeTransferFrom(atp, address(this), amount);
        STAKING_ASSET.forceApprove(spender, amount);
    }
}

/// Stakes, and has no way out.
contract NonWithdrawableStaker is BaseStaker {
    using SafeERC20 for IERC20;

    event Staked(address indexed staker, address indexed attester, address indexed rollup);

    constructor(StakingRegistry registry) BaseStaker(registry) {}

    function stake(
        uint256 _version,
        address _attester,
        G1Point calldata _publicKeyG1,
        G2Point calldata _publicKeyG2,
        G1Point calldata _signature,
        bool _moveWithLatestRollup
    ) external onlyOperator {
        IStakedRollup rollup = rollupOf(_version);
        pull(rollup.getActivationThreshold(), address(rollup));
        rollup.deposit(_attester, address(this), _publicKeyG1, _publicKeyG2, _signature, _moveWithLatestRollup);
        emit Staked(address(this), _attester, address(rollup));
        staked();
    }

    function stakeWithProvider(
        uint256 _version,
        uint256 _providerIdentifier,
        uint16 _expectedProviderTakeRate,
        address _userRewardsRecipient,
        bool _moveWithLatestRollup
    ) external onlyOperator {
        pull(rollupOf(_version).getActivationThreshold(), address(STAKING_REGISTRY));
        STAKING_REGISTRY.stake(
            _providerIdentifier,
            _version,
            address(this),
            _expectedProviderTakeRate,
            _userRewardsRecipient,
            _moveWithLatestRollup
        );
        staked();
    }

    function claimRewards(uint256 _version) external onlyOperator {
        rollupOf(_version).claimSequencerRewards(atp);
    }

    function delegate(uint256 _version, address _attester, address _delegatee) external virtual onlyOperator {
        IStakedRollup rollup = rollupOf(_version);
        rollup.getGSE().delegate(address(rollup), _attester, _delegatee);
    }

    function depositIntoGovernance(uint256 _amount) external onlyOperator {
        IGovernance governance = governanceOf();
        pull(_amount, address(governance));
        governance.deposit(address(this), _amount);
    }

    function voteInGovernance(uint256 _proposalId, uint256 _amount, bool _support) external onlyOperator {
        governanceOf().vote(_proposalId, _amount, _support);
    }

    function proposeWithLock(address _payload) external onlyOperator returns (uint256) {
        return governanceOf().proposeWithLock(_payload, atp);
    }

    function initiateWithdrawFromGovernance(uint256 _amount) external onlyOperator returns (uint256) {
        return governanceOf().initiateWithdraw(atp, _amount);
    }

    function moveFundsBackToATP() external onlyOperator {
        STAKING_ASSET.safeTransfer(atp, STAKING_ASSET.balanceOf(address(this)));
    }

    function governanceOf() internal view returns (IGovernance) {
        return IOwned(address(ROLLUP_REGISTRY)).getGovernance();
    }

    function staked() internal virtual {}
}

interface IOwned {
    function getGovernance() external view returns (IGovernance);
}

/// Leaves to the vault, and empties the vault once it has staked and the time has come. Its call that ends an exit, and
/// the instance with which it delegates stake that follows upgrades, are wrong.
contract WithdrawableStaker is NonWithdrawableStaker {
    using SafeERC20 for IERC20;

    uint256 public immutable WITHDRAWAL_TIMESTAMP;
    bool public hasStaked;

    event TokensWithdrawnToBeneficiary(address indexed beneficiary, uint256 amount);
    event WithdrawableStatusChanged();

    error StakingNotOccurred();
    error WithdrawalDelayNotPassed();

    constructor(StakingRegistry registry, uint256 withdrawalTimestamp) NonWithdrawableStaker(registry) {
        WITHDRAWAL_TIMESTAMP = withdrawalTimestamp;
    }

    function initiateWithdraw(uint256 _version, address _attester) external onlyOperator {
        rollupOf(_version).initiateWithdraw(_attester, atp);
    }

    function finalizeWithdraw(uint256 _version, address _attester) external virtual {
        rollupOf(_version).finaliseWithdraw(_attester);
    }

    function withdrawAllTokensToBeneficiary() external onlyOperator {
        if (!hasStaked) revert StakingNotOccurred();
        if (block.timestamp < WITHDRAWAL_TIMESTAMP) revert WithdrawalDelayNotPassed();
        address beneficiary = IVault(atp).getBeneficiary();
        uint256 amount = STAKING_ASSET.balanceOf(atp);
        STAKING_ASSET.safeTransferFrom(atp, beneficiary, amount);
        emit TokensWithdrawnToBeneficiary(beneficiary, amount);
    }

    function staked() internal override {
        if (hasStaked) return;
        hasStaked = true;
        emit WithdrawableStatusChanged();
    }
}

/// Without those mistakes.
contract MendedStaker is WithdrawableStaker {
    constructor(StakingRegistry registry, uint256 withdrawalTimestamp)
        WithdrawableStaker(registry, withdrawalTimestamp)
    {}

    function finalizeWithdraw(uint256 _version, address _attester) external override {
        rollupOf(_version).finalizeWithdraw(_attester);
    }

    function delegate(uint256 _version, address _attester, address _delegatee) external override onlyOperator {
        address rollup = address(rollupOf(_version));
        IGSE gse = IStakedRollup(rollup).getGSE();
        address instance = gse.isRegistered(rollup, _attester) ? rollup : gse.getBonusInstanceAddress();
        gse.delegate(instance, _attester, _delegatee);
    }
}
