use alloy_sol_types::sol;

sol! {
    #[derive(Debug, PartialEq, Eq)]
    struct GlobalLock { uint256 startTime; uint256 cliff; uint256 endTime; uint256 allocation; }

    /// Makes token vaults.
    interface IATPFactory {
        event ATPCreated(address indexed beneficiary, address indexed atp, uint256 allocation);
    }

    /// Which stakers the vaults of one group may have, and when they unlock.
    interface IATPRegistry {
        function getNextStakerVersion() external view returns (uint256);
        function getStakerImplementation(uint256 _version) external view returns (address);
        function getMilestoneStatus(uint96 _milestoneId) external view returns (uint8);
    }

    /// A token vault of any type; not each type has each function.
    interface IATP {
        event Claimed(uint256 amount);

        function getBeneficiary() external view returns (address);
        function getOperator() external view returns (address);
        function getStaker() external view returns (address);
        function getRegistry() external view returns (address);
        function getToken() external view returns (address);
        function getType() external view returns (uint8);
        function getAllocation() external view returns (uint256);
        function getClaimed() external view returns (uint256);
        function getClaimable() external view returns (uint256);
        function getGlobalLock() external view returns (GlobalLock memory);
        function getExecuteAllowedAt() external view returns (uint256);
        /// Not of a milestone vault.
        function getStakeableAmount() external view returns (uint256);
        /// Only of a milestone vault.
        function getMilestoneId() external view returns (uint96);

        function upgradeStaker(uint256 _version) external;
        function updateStakerOperator(address _operator) external;
        function approveStaker(uint256 _allowance) external;
        function claim() external returns (uint256);
    }

    /// What stands between a vault and staking, of any generation; not each has each function.
    interface IStaker {
        function getATP() external view returns (address);
        function getImplementation() external view returns (address);
        function hasStaked() external view returns (bool);
        function WITHDRAWAL_TIMESTAMP() external view returns (uint256);

        function stakeWithProvider(uint256 _rollupVersion, uint256 _providerIdentifier, uint16 _expectedProviderTakeRate, address _userRewardsRecipient, bool _moveWithLatestRollup) external;
        function delegate(uint256 _rollupVersion, address _attester, address _delegatee) external;
        function depositIntoGovernance(uint256 _amount) external;
        function voteInGovernance(uint256 _proposalId, uint256 _amount, bool _support) external;
        /// Locks power of the staker. Its code says who gets it back.
        function proposeWithLock(address _payload) external returns (uint256);
        function initiateWithdrawFromGovernance(uint256 _amount) external returns (uint256);
        function moveFundsBackToATP() external;
        function initiateWithdraw(uint256 _rollupVersion, address _attester) external;
        function finalizeWithdraw(uint256 _rollupVersion, address _attester) external;
        function withdrawAllTokensToBeneficiary() external;
    }
}
