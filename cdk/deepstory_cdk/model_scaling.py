"""How many GPUs run: between zero and a maximum, by the length of the queue.

The three modes of the product (off, auto, on) are other limits on the same target, set while
running by the admin Lambda; this is ``auto``, and a deployment leaves the limits set since alone.
"""

from __future__ import annotations

from aws_cdk import aws_applicationautoscaling as autoscaling
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

DIMENSION = "sagemaker:variant:DesiredInstanceCount"
_NAMESPACE = "AWS/SageMaker"


class ModelScaling(Construct):
    """One policy follows the backlog; the other wakes the server, which the first never does.

    Target tracking divides by the number of instances and so sees nothing while there are none.
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        endpoint: sagemaker.CfnEndpoint,
        variant: str,
        max_instances: int,
        backlog_per_instance: int,
    ) -> None:
        super().__init__(scope, name)
        self._endpoint_name = endpoint.attr_endpoint_name
        target = autoscaling.CfnScalableTarget(
            self,
            "Target",
            service_namespace="sagemaker",
            scalable_dimension=DIMENSION,
            resource_id=f"endpoint/{self._endpoint_name}/variant/{variant}",
            min_capacity=0,
            max_capacity=max_instances,
        )
        self._follow_backlog(target, backlog_per_instance)
        self._wake_from_zero(target)

    def _follow_backlog(
        self, target: autoscaling.CfnScalableTarget, backlog_per_instance: int
    ) -> None:
        props = autoscaling.CfnScalingPolicy
        props(
            self,
            "FollowBacklog",
            policy_name="follow-backlog",
            policy_type="TargetTrackingScaling",
            scaling_target_id=target.ref,
            target_tracking_scaling_policy_configuration=(
                props.TargetTrackingScalingPolicyConfigurationProperty(
                    target_value=backlog_per_instance,
                    scale_in_cooldown=300,
                    scale_out_cooldown=300,
                    customized_metric_specification=props.CustomizedMetricSpecificationProperty(
                        namespace=_NAMESPACE,
                        metric_name="ApproximateBacklogSizePerInstance",
                        statistic="Average",
                        dimensions=[
                            props.MetricDimensionProperty(
                                name="EndpointName", value=self._endpoint_name
                            )
                        ],
                    ),
                )
            ),
        )

    def _wake_from_zero(self, target: autoscaling.CfnScalableTarget) -> None:
        props = autoscaling.CfnScalingPolicy
        policy = props(
            self,
            "WakeFromZero",
            policy_name="wake-from-zero",
            policy_type="StepScaling",
            scaling_target_id=target.ref,
            step_scaling_policy_configuration=props.StepScalingPolicyConfigurationProperty(
                adjustment_type="ChangeInCapacity",
                metric_aggregation_type="Average",
                cooldown=60,
                step_adjustments=[
                    props.StepAdjustmentProperty(
                        metric_interval_lower_bound=0, scaling_adjustment=1
                    )
                ],
            ),
        )
        cloudwatch.CfnAlarm(
            self,
            "BacklogWithoutCapacity",
            alarm_description="Pictures wait and no instance runs: start one.",
            namespace=_NAMESPACE,
            metric_name="HasBacklogWithoutCapacity",
            dimensions=[
                cloudwatch.CfnAlarm.DimensionProperty(
                    name="EndpointName", value=self._endpoint_name
                )
            ],
            statistic="Average",
            period=60,
            evaluation_periods=1,
            threshold=1,
            comparison_operator="GreaterThanOrEqualToThreshold",
            treat_missing_data="missing",
            alarm_actions=[policy.ref],
        )
