// intake
